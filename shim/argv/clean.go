package argv

import (
	"strconv"
	"strings"
)

// config types what was read, as nopt's clean does, and notes what npm drops as invalid.
func (r *reader) config(o Options) map[string][]string {
	conf := make(map[string][]string, len(r.data))
	for name, e := range r.data {
		def, known := r.npm.flag(name)
		list := make([]string, 0, len(e.values))
		for _, v := range e.values {
			text, ok := cleanUnknown(v), true
			if known {
				text, ok = o.clean(def, v, r.npm)
			}
			switch {
			case !ok && unsure(def, v):
				r.unsure = append(r.unsure, name)
				r.notes = append(r.notes, "unsure:"+name)
				continue
			case !ok:
				r.notes = append(r.notes, "invalid:"+name)
				continue
			}
			list = append(list, text)
		}
		if len(list) > 0 || known && def.types.has(tArray) {
			conf[name] = list
		}
	}
	return conf
}

func (v raw) String() string {
	switch v.kind {
	case rawTrue:
		return "true"
	case rawFalse:
		return "false"
	case rawNull:
		return "null"
	default:
	}
	return v.text
}

func cleanUnknown(v raw) string {
	if v.kind == rawText {
		return jsTrim(v.text)
	}
	return v.String()
}

// clean makes the value of a known flag what npm makes of it; false where npm drops it.
func (o Options) clean(def flag, v raw, npm mask) (string, bool) {
	v = coerce(def, v)
	if v.kind == rawFalse && def.types.has(tNull) && !def.types.has(tFalse|tBool) {
		v.kind = rawNull
	}
	switch {
	case v.kind == rawNull && def.types.has(tNull):
		return "null", true
	case v.kind == rawFalse && def.types.has(tFalse):
		return "false", true
	case v.kind == rawText && def.types.has(tWords) && contains(def.words, v.text):
		return v.text, true
	case v.kind == rawText && def.types.has(tMachine):
		return v.text, true // npm drops what is no address of this machine
	}
	for _, t := range [...]kind{tBool, tNumber, tDate, tURL, tPath, tUmask, tSemver, tString} {
		if !def.types.has(t) {
			continue
		}
		if text, ok := o.validate(t, v, npm); ok {
			return text, true
		}
	}
	return "", false
}

// coerce is nopt's reading of a word as a literal, before any validation.
func coerce(def flag, v raw) raw {
	if v.kind != rawText {
		return v
	}
	v.text = jsTrim(v.text)
	switch {
	case v.text == "null" && def.types.has(tNull):
		return raw{kind: rawNull}
	case v.text == "true" && def.types.has(tBool):
		return raw{kind: rawTrue}
	case v.text == "false" && def.types.has(tBool|tFalse):
		return raw{kind: rawFalse}
	}
	if def.types.has(tNumber) {
		if f, ok := jsNumber(v.text); ok {
			return raw{text: jsNumberString(f)}
		}
	}
	return v
}

func (o Options) validate(t kind, v raw, npm mask) (string, bool) {
	switch t {
	case tBool:
		return strconv.FormatBool(truth(v)), true
	case tNumber:
		return number(v)
	case tDate:
		at, ok := jsDate(v.String(), o.zone())
		return isoString(at), ok
	case tURL:
		return href(v.String(), npm)
	case tPath:
		return o.path(v)
	case tUmask:
		return umask(v)
	case tSemver:
		return semver(v)
	default:
	}
	return v.String(), true // String takes anything
}

func truth(v raw) bool {
	if v.kind != rawText {
		return v.kind == rawTrue
	}
	if f, ok := jsNumber(v.text); ok {
		return f != 0
	}
	return v.text != "null" && v.text != "false"
}

func number(v raw) (string, bool) {
	switch v.kind {
	case rawTrue:
		return "1", true
	case rawFalse, rawNull:
		return "0", true
	default:
	}
	f, ok := jsNumber(v.text)
	return jsNumberString(f), ok
}

// umask takes 0022 and 0o22 as octal, 18 as decimal, and prints decimal, as npm does.
func umask(v raw) (string, bool) {
	digits, base := v.text, 10
	if len(digits) > 1 && digits[0] == '0' {
		digits, base = strings.TrimPrefix(digits[1:], "o"), 8
	} else if digits == "" || digits[0] == '0' {
		return "", false
	}
	if strings.ContainsAny(digits, "+-_") {
		return "", false
	}
	n, err := strconv.ParseUint(digits, base, 64)
	return strconv.FormatUint(n, 10), v.kind == rawText && err == nil
}

// semver is a light reading: three numbers and what may follow them. npm keeps no other.
func semver(v raw) (string, bool) {
	s := strings.TrimLeft(strings.TrimLeft(v.text, "="), "v")
	core, _, _ := strings.Cut(s, "+")
	nums, _, _ := strings.Cut(core, "-")
	parts := strings.Split(nums, ".")
	if v.kind != rawText || len(parts) != 3 {
		return "", false
	}
	for _, p := range parts {
		if _, err := strconv.ParseUint(p, 10, 53); err != nil || len(p) > 1 && p[0] == '0' {
			return "", false
		}
	}
	return core, true
}

// unsure is a date in a form that gpq does not read, and node may: it makes 2001-03-01 of 3.
func unsure(def flag, v raw) bool {
	return def.types.has(tDate) && v.kind == rawText && strings.ContainsAny(v.text, "0123456789")
}
