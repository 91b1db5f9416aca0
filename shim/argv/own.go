package argv

import (
	"fmt"
	"strings"
)

// Own is what flags and environment say to gpq itself. The zero value is gpq's defaults.
type Own struct {
	Strict       bool
	NoGuard      bool
	Off          bool     // GPQ_OFF: npm unchecked, once
	Reports      []Report // in the order asked for
	Policy       string   // files; "" where not given
	TrustedRoot  string
	RegistryKeys string
	NPM, NPX     string // the real ones
	CacheDir     string
	ConfigDir    string
	OSV          Service
	Downloads    Service
	RDAP         Service
	DNS          Service // host:port
}

// Report is one report to write.
type Report struct {
	Format string // text, json, sarif or html
	File   string // "" is standard error
}

// Service is another place for something gpq asks. Given and empty switches it off.
type Service struct {
	Given bool
	URL   string
}

// UsageError is a use of gpq's own flags or variables that cannot be meant; exit code 2.
type UsageError struct{ Problem, Hint string }

func (e *UsageError) Error() string {
	if e.Hint == "" {
		return e.Problem
	}
	return e.Problem + ": " + e.Hint
}

// ownFlag is a flag of gpq's; set is called with its value, "" for a switch.
type ownFlag struct {
	name   string
	valued bool
	set    func(o *Own, value string) error
}

func ownFlags() []ownFlag {
	return []ownFlag{
		{"--strict", false, func(o *Own, _ string) error { o.Strict = true; return nil }},
		{"--no-guard", false, func(o *Own, _ string) error { o.NoGuard = true; return nil }},
		{"--report", true, (*Own).addReport},
		{"--policy", true, func(o *Own, v string) error { o.Policy = v; return nil }},
		{"--trusted-root", true, func(o *Own, v string) error { o.TrustedRoot = v; return nil }},
		{"--registry-keys", true, func(o *Own, v string) error { o.RegistryKeys = v; return nil }},
	}
}

// Split takes gpq's own flags out of a command line, wherever they stand before a --, and returns what npm is to see.
// From the word npm or npx on, where it is the first, every word is theirs.
//
// A word that npm takes for the value of one of its flags is not gpq's; where such a word reads like a flag of gpq's, the
// line is refused, because no reading of it is safe. Errors are of type *UsageError.
func Split(args []string) (Own, []string, error) {
	var own Own
	gone := make([]bool, len(args))
	flags := ownFlags()
	r := newReader(anyNPM, args)
	r.own = func(rest []token) (int, error) {
		n, err := own.take(flags, rest)
		for _, t := range rest[:n] {
			gone[t.at] = true
		}
		return n, err
	}
	r.last = func(t token) bool { return len(r.remain) == 1 && (t.text == "npm" || t.text == "npx") }
	r.swallowed = func(flag string, t token) error {
		if _, _, ok := lookup(flags, t.text); ok {
			return &UsageError{
				Problem: fmt.Sprintf("%s stands where npm's --%s takes its value", t.text, flag),
				Hint:    fmt.Sprintf("write --%s=VALUE, or put %s first", flag, t.text),
			}
		}
		return nil
	}
	if err := r.read(); err != nil {
		return Own{}, nil, err
	}
	rest := make([]string, 0, len(args))
	for i, a := range args {
		if !gone[i] {
			rest = append(rest, a)
		}
	}
	return own, rest, nil
}

func lookup(flags []ownFlag, word string) (f ownFlag, value string, ok bool) {
	name, value, _ := strings.Cut(word, "=")
	for _, f := range flags {
		if f.name == name {
			return f, value, true
		}
	}
	return ownFlag{}, "", false
}

// take reads one of gpq's flags at the beginning of rest and says how many words it is.
func (o *Own) take(flags []ownFlag, rest []token) (int, error) {
	word := rest[0].text
	f, value, ok := lookup(flags, word)
	if !ok {
		return 0, nil
	}
	cut := strings.Contains(word, "=")
	n := 1
	switch {
	case !f.valued && cut:
		return 0, &UsageError{Problem: word + " takes no value", Hint: "write " + f.name}
	case f.valued && !cut && len(rest) > 1 && !strings.HasPrefix(rest[1].text, "-"):
		n, value = 2, rest[1].text
	}
	if f.valued && value == "" {
		return 0, &UsageError{Problem: f.name + " needs a value", Hint: "write " + f.name + "=VALUE"}
	}
	return n, f.set(o, value)
}

// addReport adds FORMAT or FORMAT=FILE.
func (o *Own) addReport(v string) error {
	format, file, cut := strings.Cut(v, "=")
	switch format {
	case "text", "json", "sarif", "html":
	default:
		return &UsageError{Problem: fmt.Sprintf("there is no report format %q", format), Hint: "text, json, sarif or html"}
	}
	if cut && file == "" {
		return &UsageError{Problem: "--report " + v + " names no file", Hint: "write " + format + "=FILE"}
	}
	r := Report{format, file}
	for _, have := range o.Reports {
		if have == r {
			return nil
		}
	}
	o.Reports = append(o.Reports, r)
	return nil
}
