package spec

import (
	"strings"

	"gpq/resolver/semver"
)

// isURL is a scheme of letters alone, perhaps after «git+».
func isURL(s string) bool {
	if len(s) >= 4 && strings.EqualFold(s[:4], "git+") {
		s = s[4:]
	}
	for i := 0; i < len(s); i++ {
		if s[i] == ':' {
			return i > 0
		}
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return false
}

// isScp is «user@host.tld:path».
func isScp(s string) bool {
	at := strings.IndexByte(s, '@')
	if at < 1 {
		return false
	}
	host := s[at+1:]
	dot := strings.IndexAny(host, ":.")
	if dot < 1 || host[dot] != '.' {
		return false
	}
	colon := strings.IndexByte(host[dot+1:], ':')
	if colon < 1 {
		return false
	}
	path := host[dot+1+colon+1:]
	return path != "" && !strings.ContainsAny(path, "\n\r\u2028\u2029")
}

// isTarball goes by the end of the name alone.
func (p Place) isTarball(s string) bool {
	s = strings.ToLower(s)
	if strings.HasSuffix(s, ".tgz") || strings.HasSuffix(s, ".tar") || strings.HasSuffix(s, ".tar.gz") {
		return true
	}
	if !p.before11() || !strings.HasSuffix(s, "gz") {
		return false
	}
	// npm 10 takes any character for the last dot.
	before := []rune(strings.TrimSuffix(s, "gz"))
	return len(before) > 4 && before[len(before)-1] != '\n' && string(before[len(before)-5:len(before)-1]) == ".tar"
}

func isFile(s string) bool {
	if len(s) >= 5 && strings.EqualFold(s[:5], "file:") {
		return true
	}
	if len(s) >= 2 && s[1] == ':' && s[0]|0x20 >= 'a' && s[0]|0x20 <= 'z' {
		return true
	}
	return strings.HasPrefix(s, ".") || strings.HasPrefix(s, "~/") || strings.HasPrefix(s, "/")
}

func isAlias(s string) bool { return len(s) >= 4 && strings.EqualFold(s[:4], "npm:") }

// Parse reads one package as it is typed on npm's command line. It is total:
// what npm would refuse is Opaque, and Err says why.
func Parse(arg string, at Place) Spec {
	name, end := arg, -1
	if len(arg) > 1 {
		end = strings.IndexByte(arg[1:], '@') + 1
	}
	if end > 0 {
		name = arg[:end]
	}
	s := Spec{Raw: arg}
	switch {
	case isURL(arg):
		s.RawSpec = arg
	case isScp(arg):
		s.RawSpec = "git+ssh://" + arg
	case !strings.HasPrefix(name, "@") && (strings.Contains(name, "/") || at.isTarball(name)):
		s.RawSpec = arg
	case end > 0:
		s.Name, s.RawSpec = name, arg[end+1:]
		if s.RawSpec == "" {
			s.RawSpec = "*"
		}
	case at.NameError(arg) == "":
		s.Name, s.RawSpec = arg, "*"
	default:
		s.RawSpec = arg
	}
	return resolve(s, at)
}

// Resolve reads a dependency: its name, and what package.json gives for it.
func Resolve(name, rawSpec string, at Place) Spec {
	raw := rawSpec
	if name != "" {
		raw = name + "@" + rawSpec
	}
	return resolve(Spec{Raw: raw, Name: name, RawSpec: rawSpec}, at)
}

func resolve(s Spec, at Place) Spec {
	if s.Name != "" {
		if why := at.NameError(s.Name); why != "" {
			return opaque(s, why)
		}
	}
	switch {
	case isFile(s.RawSpec):
		return fromFile(s, at)
	case isAlias(s.RawSpec):
		return fromAlias(s, at)
	}
	h, why := hostedFrom(s.RawSpec, at.before11())
	switch {
	case why != "":
		return opaque(s, why)
	case h != nil:
		return fromHosted(s, h)
	case isURL(s.RawSpec):
		return fromURL(s)
	case strings.Contains(s.RawSpec, "/") || at.isTarball(s.RawSpec):
		return fromFile(s, at)
	}
	return fromRegistry(s, at)
}

func fromFile(s Spec, at Place) Spec {
	s.Kind = Directory
	if at.isTarball(s.RawSpec) {
		s.Kind = File
	}
	if strings.ContainsRune(s.RawSpec, 0) {
		return opaque(s, "path with a NUL character")
	}
	abs, save := filePath(s.RawSpec, at.Dir, at.Home)
	if strings.HasPrefix(at.Dir, "/") || strings.HasPrefix(strings.TrimPrefix(save, "file:"), "/") {
		s.Where, s.SaveSpec = abs, save
	}
	return s
}

func fromAlias(s Spec, at Place) Spec {
	sub := Parse(s.RawSpec[4:], at)
	switch {
	case sub.Kind == Alias:
		return opaque(s, "an alias of an alias")
	case sub.Kind == Opaque:
		return opaque(s, sub.Err)
	case !sub.Registry():
		return opaque(s, "an alias of something that is in no registry")
	}
	s.Kind, s.Sub = Alias, &sub
	return s
}

func fromHosted(s Spec, h *Hosted) Spec {
	s.Kind, s.SaveSpec = Git, h.text(true)
	if h.Default != "shortcut" {
		s.Where = stripGitPlus(h.text(false))
	}
	return s.withCommittish(h.Committish, h)
}

// withCommittish reads what follows # in a git spec: a commit, and parts
// «semver:RANGE» and «path:FOLDER», separated by «::».
func (s Spec) withCommittish(text string, h *Hosted) Spec {
	s.Repo = &Repo{Host: h}
	if text == "" {
		return s
	}
	for _, part := range strings.Split(text, "::") {
		key, value, keyed := strings.Cut(part, ":")
		if why := s.Repo.take(key, value, keyed); why != "" {
			return opaque(s, why)
		}
	}
	return s
}

func (r *Repo) take(key, value string, keyed bool) string {
	value, _, _ = strings.Cut(value, ":")
	switch {
	case !keyed && (r.Range != "" || r.Committish != ""):
		return "a second commit for one git dependency"
	case !keyed:
		r.Committish = key
	case key == "semver" && (r.Range != "" || r.Committish != ""):
		return "a version range beside a commit for one git dependency"
	case key == "semver":
		text, ok := decodeComponent(value)
		if !ok {
			return "a version range with a broken % escape"
		}
		r.Range = text
	case key == "path" && r.Subdir != "":
		return "a second path for one git dependency"
	case key == "path":
		r.Subdir = "/" + value
	}
	return ""
}

func fromURL(s Spec) Spec {
	raw := s.RawSpec
	s.SaveSpec = raw
	if strings.HasPrefix(raw, "git+ssh:") {
		if repo, committish, ok := scpOf(raw); ok {
			s.Kind, s.Where = Git, repo
			return s.withCommittish(committish, nil)
		}
	}
	if strings.HasPrefix(raw, "git+file://") {
		raw = strings.ReplaceAll(raw, `\`, "/")
	}
	a, ok := parseURL(raw)
	if !ok {
		return opaque(s, "not a URL")
	}
	switch a.scheme {
	case "http:", "https:":
		s.Kind, s.Where = Remote, s.RawSpec
		return s
	case "git:", "git+http:", "git+https:", "git+rsync:", "git+ftp:", "git+file:", "git+ssh:":
		s.Kind, s.Where = Git, stripGitPlus(a.withoutHash())
		if a.scheme == "git+file:" && len(raw) > 12 && raw[9:11] == "//" && isDrive(raw[11:13]) {
			s.Where = "file://" + strings.ToLower(a.hostname) + ":" + a.pathname
		}
		return s.withCommittish(strings.TrimPrefix(a.hash, "#"), nil)
	}
	return opaque(s, "a URL of scheme "+a.scheme+" that npm does not take")
}

// scpOf takes «git+ssh://user@host:path#commit» apart, which is no URL: what
// follows the colon is a path and not a port.
func scpOf(raw string) (repo, committish string, ok bool) {
	rest := strings.TrimPrefix(raw, "git+ssh://")
	if rest == raw {
		return "", "", false
	}
	repo, committish, _ = strings.Cut(rest, "#")
	colon := strings.IndexByte(repo, ':')
	if colon < 1 || colon == len(repo)-1 || strings.ContainsAny(committish, "\n\r\u2028\u2029") {
		return "", "", false
	}
	return repo, committish, !hasPort(repo)
}

// hasPort says whether some colon is followed by digits alone, up to a slash
// or the end.
func hasPort(s string) bool {
	for rest, more := s, true; more; {
		if _, rest, more = strings.Cut(rest, ":"); !more {
			break
		}
		after := strings.TrimLeft(rest, "0123456789")
		if len(after) < len(rest) && (after == "" || after[0] == '/') {
			return true
		}
	}
	return false
}

func fromRegistry(s Spec, at Place) Spec {
	text := strings.TrimFunc(s.RawSpec, semver.IsSpace)
	s.Range = text
	switch {
	case len(text) > semver.MaxRangeLength:
		return opaque(s, "a version range that is too long")
	case semver.Valid(text, true) != "":
		s.Kind = Version
	case semver.ValidRange(text, at.options()) != "":
		s.Kind = Range
	case friendly(text):
		s.Kind = Tag
	default:
		return opaque(s, "neither a version, nor a range, nor a tag")
	}
	if s.Name == "" {
		return opaque(s, "a version without a package name")
	}
	return s
}
