package argv

import (
	"math/rand/v2"
	"strings"
)

// generator makes command lines: mostly such as people write, with every oddity of npm's reading mixed in.
type generator struct{ *rand.Rand }

func (g *generator) pick(list ...string) string { return list[g.IntN(len(list))] }

func (g *generator) line() line {
	n := 1 + g.IntN(6)
	l := line{Argv: []string{}, Npx: g.IntN(6) == 0}
	at := g.IntN(n)
	for i := 0; i < n; i++ {
		if i == at && !l.Npx {
			l.Argv = append(l.Argv, g.verb())
			continue
		}
		l.Argv = append(l.Argv, g.words()...)
	}
	return l
}

func (g *generator) verb() string {
	switch g.IntN(8) {
	case 0, 1, 2:
		return g.pick("install", "i", "add", "ci", "exec", "x", "run", "audit", "update", "rm", "ls")
	case 3:
		return g.cut(verbTable[g.IntN(len(verbTable))].name)
	case 4:
		return g.camel(verbTable[g.IntN(len(verbTable))].name)
	}
	return verbTable[g.IntN(len(verbTable))].name
}

// cut leaves a beginning of s.
func (g *generator) cut(s string) string { return s[:1+g.IntN(len(s))] }

func (g *generator) camel(s string) string {
	parts := strings.Split(s, "-")
	for i := 1; i < len(parts); i++ {
		if parts[i] != "" {
			parts[i] = strings.ToUpper(parts[i][:1]) + parts[i][1:]
		}
	}
	return strings.Join(parts, "")
}

// words is a positional, or a flag with or without a value.
func (g *generator) words() []string {
	switch g.IntN(12) {
	case 0, 1:
		return []string{g.positional()}
	case 2:
		return []string{g.pick("--", "---", "-", "", "--=x", "-=x", "--=", "–g", "--no-", "--no", "--no-no-save", "-–x", "--no-no-no-audit", "----x")}
	case 3:
		return []string{"-" + g.letters()}
	}
	flag := g.flag()
	switch g.IntN(4) {
	case 0:
		return []string{flag}
	case 1:
		return []string{flag + "=" + g.value(flag)}
	}
	return []string{flag, g.value(flag)}
}

func (g *generator) positional() string {
	return g.pick("x", "express", "@s/y", "lodash@3", "foo@npm:bar@1", "github:a/b", ".", "./dir", "true", "false", "null", "0", "1", "next", "fix", "is-number", "héllo", "a b", "none", "all", "x=y")
}

func (g *generator) letters() string {
	const all = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ?"
	const known = "acfgLlmpCSBDEOP?HhvwydqSs"
	n := 1 + g.IntN(3)
	var b strings.Builder
	for range n {
		if g.IntN(8) == 0 {
			b.WriteByte(all[g.IntN(len(all))])
		} else {
			b.WriteByte(known[g.IntN(len(known))])
		}
	}
	return b.String()
}

func (g *generator) flag() string {
	name := flagTable[g.IntN(len(flagTable))].name
	switch g.IntN(14) {
	case 0:
		name = shortTable[g.IntN(len(shortTable))].name
	case 1:
		name = g.cut(name)
	case 2:
		name = g.pick("unknown", "foo", "strict", "yolo", "x-y", "@s:registry", "//r.example/:_authToken", "saved", "é", "port", "watch")
	case 3:
		name = g.pick("save", "save-dev", "global", "tag", "omit", "include", "workspace", "prefix", "registry", "color", "browser", "package", "call", "yes", "loglevel", "before", "depth")
	case 4:
		name = g.camel(name)
	}
	if name == "local-address" {
		name = "location" // its values are the machine's
	}
	if g.IntN(6) == 0 {
		name = g.pick("no-", "no-no-", "NO-", "No-") + name
	}
	return g.pick("--", "--", "--", "--", "--", "-", "---") + name
}

// value leaves two things out that Parse does not copy: an ISO time where npm 10 and 11 want an address (node's old
// parser makes a host of it), and Infinity, which the JSON answer cannot carry.
func (g *generator) value(flag string) string {
	n := g.IntN(8)
	if strings.HasSuffix(flag, "before") || strings.HasSuffix(flag, "enjoy-by") {
		n = 5
	}
	switch n {
	case 0:
		return g.pick("true", "false", "null", "undefined", "", " ", " true ", "TRUE", "no")
	case 1:
		return g.pick("--save", "-g", "--", "-D", "--foo", "-", "---", "--tag=x", "--no-save", "-1")
	case 2:
		return g.pick("0", "1", "3", "12.5", "-4", "1e3", "0x10", "022", "0o22", "18", "1_000", "007", "1.2.3", "v1.2.3")
	case 3:
		return g.pick("https://r.example", "http://r.example:80/", "https://U:p@R.example/a/", "foo://bar", "r.example", "//r.example/", "http:", "https://r.example?x=1")
	case 4:
		return g.pick("./p", "/abs/q", "~/r", "~", "../up", "a/../b", ".")
	case 5:
		if strings.HasSuffix(flag, "before") || strings.HasSuffix(flag, "enjoy-by") {
			return g.pick("2026-01-02", "2026-01-02T03:04:05Z", "2026-01-02T03:04:05.678Z", "2020", "2020-05", "not a date", "1/2/2026", "Jan 2, 2026", "-1", "3", "12.5", "--save", "true", "null", "false", "")
		}
		return g.pick("2026-01-02", "2020", "2020-05", "not a date")
	}
	return g.pick("dev", "prod", "optional", "peer", "always", "never", "silent", "verbose", "global", "project", "legacy", "web", "x", "next", "all", "none", "root", "spdx", "hoisted", "low", "latest", "npmjs", "public")
}
