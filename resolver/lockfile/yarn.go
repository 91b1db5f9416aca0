package lockfile

import (
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

// Yarn is a yarn.lock (v1). npm asks it, by «name@range», for versions it has
// no lockfile of its own for.
type Yarn struct {
	Entries []*YarnEntry
	byKey   map[string]*YarnEntry
	// Err is where reading stopped: npm uses what came before. nil for none.
	Err *ParseError
}

// YarnEntry is one block.
type YarnEntry struct {
	Keys                               []string // «name@range»
	Line                               int
	Version, Resolved, Integrity       string
	Dependencies, OptionalDependencies registry.Deps
}

// At gives the entry for «name@range», nil for none.
func (y *Yarn) At(key string) *YarnEntry {
	if y == nil {
		return nil
	}
	return y.byKey[key]
}

// AtNPM is Resolved, with npm's registry for yarn's, which is the same by
// another name.
func (e *YarnEntry) AtNPM() string { return atNPM(e.Resolved) }

// maxYarn bounds a yarn.lock, in bytes; of its twenty bytes for an entry some
// hundred are made in memory.
const maxYarn = 16 << 20

// ReadYarn reads a yarn.lock as npm does, up to the first line it cannot read.
func ReadYarn(data []byte, o Options) *Yarn {
	y := &Yarn{byKey: map[string]*YarnEntry{}}
	if len(data) > min(o.max(), maxYarn) {
		y.Err = &ParseError{File: YarnLock, Line: 1, Reason: "too large"}
		return y
	}
	p := yarnParser{yarn: y}
	n := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(string(data), "\n"), "\n") {
		if n++; !p.line(strings.TrimSuffix(line, "\r"), n) {
			y.Err = &ParseError{File: YarnLock, Line: n, Reason: "no line of a yarn.lock"}
			return y
		}
	}
	return y
}

type yarnParser struct {
	yarn    *Yarn
	current *YarnEntry
	sub     string // the block inside the entry; "" for none
}

func (p *yarnParser) line(line string, n int) bool {
	indent := len(line) - len(strings.TrimLeft(line, " "))
	body := line[indent:]
	switch {
	case strings.HasPrefix(line, "#"):
		return true
	case line == "":
		p.current, p.sub = nil, ""
		return true
	case indent == 0 && strings.HasSuffix(line, ":") && len(line) > 1 && line[0] != '\t':
		p.start(line, n)
		return true
	case p.current == nil:
		return false
	case indent == 2 && strings.HasSuffix(body, ":") && len(body) > 1 && !strings.ContainsAny(body, " \t"):
		p.sub = strings.TrimSuffix(body, ":")
		return true
	}
	f := splitQuoted(body, " ")
	if len(f) != 2 {
		return false
	}
	switch {
	case indent == 4 && p.sub != "":
		p.dependency(f[0], f[1])
		return true
	case indent == 2:
		p.field(f[0], f[1])
		return true
	}
	return false
}

func (p *yarnParser) start(line string, n int) {
	p.current, p.sub = &YarnEntry{Keys: splitQuoted(strings.TrimSuffix(line, ":"), ","), Line: n}, ""
	p.yarn.Entries = append(p.yarn.Entries, p.current)
	for _, k := range p.current.Keys {
		p.yarn.byKey[k] = p.current
	}
}

func (p *yarnParser) dependency(name, rng string) {
	switch p.sub {
	case "dependencies":
		p.current.Dependencies = append(p.current.Dependencies, registry.Dep{Name: name, Value: rng})
	case "optionalDependencies":
		p.current.OptionalDependencies = append(p.current.OptionalDependencies, registry.Dep{Name: name, Value: rng})
	}
}

func (p *yarnParser) field(name, text string) {
	switch name {
	case "version":
		p.current.Version = text
	case "resolved":
		p.current.Resolved, _, _ = strings.Cut(text, "#") // an old checksum
	case "integrity":
		p.current.Integrity = text
	}
}

// splitQuoted splits at a separator (a comma takes the blanks after it along)
// outside of double quotes that begin a field. As npm does it, separators
// inside the quotes are lost.
func splitQuoted(s, sep string) []string {
	chunks := strings.Split(s, sep)
	if sep == "," {
		for i := 1; i < len(chunks); i++ {
			chunks[i] = strings.TrimLeft(chunks[i], " ")
		}
	}
	var out []string
	for i := 0; i < len(chunks); i++ {
		c := chunks[i]
		switch {
		case len(c) > 1 && c[0] == '"' && c[len(c)-1] == '"':
			out = append(out, c[1:len(c)-1])
		case strings.HasPrefix(c, `"`):
			field := c[1:]
			for i++; i < len(chunks); i++ {
				if closes(chunks[i]) {
					field += strings.TrimSuffix(chunks[i], `"`)
					break
				}
				field += chunks[i]
			}
			out = append(out, field)
		default:
			out = append(out, strings.TrimSpace(c))
		}
	}
	return out
}

// closes says that a chunk ends in a quote that is not escaped, after
// something.
func closes(c string) bool {
	body, ok := strings.CutSuffix(c, `"`)
	rest := strings.TrimRight(body, `\`)
	return ok && rest != "" && (len(body)-len(rest))%2 == 0
}

// Instead gives what npm asks for in place of a spec that yarn.lock has an
// entry for: an exact version where it is of npm's or yarn's own registry, else
// the place itself; with it the integrity to expect. ok is false where yarn.lock
// says nothing.
func (y *Yarn) Instead(s spec.Spec, at spec.Place) (instead spec.Spec, integrity string, ok bool) {
	e := y.At(s.Raw)
	if e == nil || e.Version == "" || e.Resolved == "" {
		return s, "", false
	}
	want := e.Resolved
	if s.Registry() && isDefaultRegistry(e.Resolved) {
		name, version := VersionFromTarball(s.Name, e.Resolved)
		switch {
		case name == s.Name && version == e.Version:
			want = e.Version
		case name != "":
			want = "npm:" + name + "@" + version
		}
	}
	return spec.Parse(s.Name+"@"+want, at), e.Integrity, true
}

func isDefaultRegistry(url string) bool {
	url = atNPM(url)
	return strings.HasPrefix(url, "https://registry.npmjs.org/") || strings.HasPrefix(url, "http://registry.npmjs.org/")
}

// atNPM gives a URL of yarn's registry, which is npm's by another name, at
// npm's; any other as it is.
func atNPM(url string) string {
	for _, p := range []string{"https://registry.yarnpkg.com/", "http://registry.yarnpkg.com/"} {
		if rest, ok := strings.CutPrefix(url, p); ok {
			return "https://registry.npmjs.org/" + rest
		}
	}
	return url
}
