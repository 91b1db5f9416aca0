package spec

import (
	_ "embed"
	"math/rand"
	"strconv"
	"strings"
	"testing"

	"gpq/resolver/semver/nodetest"
)

// asked is one spec to read; Name is "" for one from the command line.
type asked struct{ Arg, Name, Where string }

// read is what was made of it, by npm or by us, in npm's words.
type read struct {
	Type, Name, RawSpec, FetchSpec, SaveSpec    string
	SubName, SubType, SubSpec                   string
	Committish, GitRange, Subdir                string
	Host, User, Project, HostCommittish, SSH    string
	Shortcut, HTTPS, Tarball, Auth, SSHURL, Raw string
}

const askNode = `
const npa = need('npm-package-arg')
const os = require('os')
return input.map(q => {
  let s
  try {
    s = q.Name ? npa.resolve(q.Name, q.Arg, q.Where) : npa(q.Arg, q.Where)
  } catch (e) {
    return { Type: 'opaque' }
  }
  const r = { Type: s.type, Name: s.name || '', RawSpec: s.rawSpec, FetchSpec: s.fetchSpec || '', SaveSpec: s.saveSpec || '', Raw: s.raw }
  if (s.subSpec) Object.assign(r, { SubName: s.subSpec.name, SubType: s.subSpec.type, SubSpec: s.subSpec.fetchSpec })
  if (s.type === 'git') Object.assign(r, { Committish: s.gitCommittish || '', GitRange: s.gitRange || '', Subdir: s.gitSubdir || '' })
  const h = s.hosted
  if (h) Object.assign(r, { Host: h.type, User: h.user || '', Project: h.project, HostCommittish: h.committish || '', Auth: h.auth || '',
    SSH: h.ssh({ noCommittish: true }), Shortcut: h.shortcut({ noCommittish: false }), HTTPS: h.https({ noCommittish: false, noGitPlus: false }),
    SSHURL: h.sshurl({ noCommittish: false, noGitPlus: false }), Tarball: h.committish ? h.tarball() : '' })
  return r
})`

func ours(q asked, npm int) read {
	at := Place{Dir: q.Where, Home: "/home/someone", NPM: npm}
	var s Spec
	if q.Name != "" {
		s = Resolve(q.Name, q.Arg, at)
	} else {
		s = Parse(q.Arg, at)
	}
	if s.Kind == Opaque {
		return read{Type: "opaque"}
	}
	r := read{Type: s.Kind.String(), Name: s.Name, RawSpec: s.RawSpec, SaveSpec: s.SaveSpec, FetchSpec: s.Where, Raw: s.Raw}
	if s.Kind == Version || s.Kind == Range || s.Kind == Tag {
		r.FetchSpec = s.Range
	}
	if s.Sub != nil {
		r.SubName, r.SubType, r.SubSpec = s.Sub.Name, s.Sub.Kind.String(), s.Sub.Range
	}
	if s.Repo == nil {
		return r
	}
	r.Committish, r.GitRange, r.Subdir = s.Repo.Committish, s.Repo.Range, s.Repo.Subdir
	if h := s.Repo.Host; h != nil {
		r.Host, r.User, r.Project, r.HostCommittish, r.Auth = h.Type, h.User, h.Project, h.Committish, h.Auth
		r.SSH, r.SSHURL, r.Shortcut, r.HTTPS = h.SSH(false), h.SSHURL(true), h.Shortcut(true), h.HTTPS(true)
		if h.Committish != "" {
			r.Tarball = h.Tarball(h.Committish)
		}
	}
	return r
}

// unnamed says that npm read a version, range or tag without a name: it fails
// on it later, and for us it is Opaque at once.
func unnamed(r read) bool {
	return r.Name == "" && (r.Type == "version" || r.Type == "range" || r.Type == "tag")
}

func TestAgainstNPM(t *testing.T) {
	t.Setenv("HOME", "/home/someone")
	qs := fixed()
	rnd := rand.New(rand.NewSource(20261121))
	for range 15000 {
		qs = append(qs, invented(rnd))
	}
	for _, npm := range nodetest.Installed(t) {
		t.Run("npm"+npm.Version, func(t *testing.T) {
			var want []read
			npm.Run(t, askNode, qs, &want)
			major, _ := strconv.Atoi(npm.Major())
			wrong := 0
			for i, q := range qs {
				w := want[i]
				if unnamed(w) {
					w = read{Type: "opaque"}
				}
				got := ours(q, major)
				if w.Type == "git" {
					// Where «..» leads to the root, releases of node differ in the last slash.
					got.FetchSpec, w.FetchSpec = strings.TrimSuffix(got.FetchSpec, "/"), strings.TrimSuffix(w.FetchSpec, "/")
				}
				if got == w {
					continue
				}
				if wrong++; wrong <= 10 {
					t.Errorf("%+q:\n got %+q\nwant %+q", []string{q.Name, q.Arg, q.Where}, got, w)
				}
			}
			t.Logf("%d specs, %d read otherwise", len(qs), wrong)
		})
	}
}

func fixed() []asked {
	var qs []asked
	for _, line := range strings.Split(strings.TrimSpace(specs), "\n") {
		arg := strings.TrimSpace(line)
		qs = append(qs, asked{Arg: arg, Where: "/w/project"}, asked{Arg: arg, Name: "dep", Where: "/w/project"})
	}
	for _, name := range []string{"-x", "_x", ".x", "Xx", "@a/b", "@a/.b", "@/b", "@a/", "a/b", "node_modules", "favicon.ico", "é", "a b", "@a/b/c", "@a", "a~", strings.Repeat("n", 300)} {
		qs = append(qs, asked{Arg: "^1", Name: name, Where: "/"}, asked{Arg: name + "@1", Where: "/"}, asked{Arg: name, Where: "/"})
	}
	return qs
}

//go:embed testdata/specs.txt
var specs string

var specPieces = []string{
	"foo", "a", "b", "@s/", "@", "@", "/", "/", "//", "#", "#", ":", ":", "::", "git", "git+", "ssh", "https", "http", "file", "npm", "github", "gitlab",
	"gist", "bitbucket", "sourcehut", "://", "github.com", "gitlab.com", "www.github.com", "gist.github.com", "git.sr.ht", "example.com", "u:p@", "git@", "semver:", "path:", "^1",
	"1.2.3", "latest", ".git", ".tgz", ".tar.gz", "..", ".", "./", "../", "~/", "~", "%20", "%", "%2e", " ", "?", "\\", "é", "x=y", "tree", "raw",
	"-", "_", "[", "]", "|", "c:", "22", ":22/", "\t", "*", "null", "A", "\x01", "'",
}

func invented(rnd *rand.Rand) asked {
	var b strings.Builder
	switch rnd.Intn(6) {
	case 0:
		b.WriteString([]string{"git+ssh://", "git://", "https://", "git+https://", "ssh://", "file:", "git@", "npm:"}[rnd.Intn(8)])
	case 1:
		b.WriteString([]string{"github:", "gist:", "gitlab:", "a/b#", "https://github.com/", "git@github.com:", "git+ssh://git@"}[rnd.Intn(7)])
	}
	for n := 1 + rnd.Intn(7); n > 0; n-- {
		b.WriteString(specPieces[rnd.Intn(len(specPieces))])
	}
	q := asked{Arg: b.String(), Where: []string{"/w/project", "/", "/a b/%20/~"}[rnd.Intn(3)]}
	if rnd.Intn(2) == 0 {
		q.Name = "dep"
	}
	return q
}
