package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// spell is what a terminal must not be sent: colours, the clipboard, text from
// right to left, nothing that is seen, a new line.
const spell = "\x1b[31m\x1b]52;c;ZXZpbA==\a\u202e\u200b\u009b31m\ufeff\r\ngpq: all is well"

// weapon answers as a registry; ordinary is what it does where it does no harm.
type weapon func(f *foe, w http.ResponseWriter, r *http.Request)

func ordinary(f *foe, w http.ResponseWriter, r *http.Request) {
	forged(func(*foe, map[string]any) {})(f, w, r)
}

// forged is an ordinary registry whose packument was changed.
func forged(change func(*foe, map[string]any)) weapon {
	return func(f *foe, w http.ResponseWriter, r *http.Request) {
		name := strings.Trim(r.URL.Path, "/")
		switch {
		case strings.HasSuffix(name, ".tgz"):
			_, _ = w.Write(plainTarball())
		case strings.Contains(name, "/"):
			http.Error(w, `{"error":"`+strconv.Quote(spell)+`"}`, http.StatusNotFound)
		default:
			p := paper(f.home.URL, name, plainTarball())
			change(f, p)
			send(w, p)
		}
	}
}

// words answers the same to everything.
func words(status int, header [2]string, body string) weapon {
	return func(_ *foe, w http.ResponseWriter, _ *http.Request) {
		if header[0] != "" {
			w.Header().Set(header[0], header[1])
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// wire answers with these very bytes.
func wire(text string) weapon {
	return func(_ *foe, w http.ResponseWriter, _ *http.Request) {
		if conn, _, err := w.(http.Hijacker).Hijack(); err == nil {
			_, _ = conn.Write([]byte(text))
			_ = conn.Close()
		}
	}
}

// endlessly asks for ever more packages, so many in each.
func endlessly(many int) weapon {
	return forged(func(_ *foe, p map[string]any) {
		n, _ := strconv.Atoi(strings.TrimPrefix(p["name"].(string), "z"))
		deps := map[string]any{}
		for i := range many {
			deps["z"+strconv.Itoa(n*many+i+1)] = "*"
		}
		version1(p)["dependencies"] = deps
	})
}

func bomb(_ *foe, w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	zeros := make([]byte, 1<<20)
	for range 2000 {
		if _, err := z.Write(zeros); err != nil {
			return
		}
	}
}

func bewitch(v any) any {
	switch v := v.(type) {
	case string:
		return v + spell
	case map[string]any:
		for k := range v {
			if !slices.Contains([]string{"dist-tags", "tarball", "integrity", "name", "version", "time"}, k) {
				v[k] = bewitch(v[k])
			}
		}
	case []any:
		for i := range v {
			v[i] = bewitch(v[i])
		}
	}
	return v
}

// texts has a spell in everything that can come to be shown.
func texts(_ *foe, p map[string]any) {
	m := version1(p)
	ann := map[string]any{"name": "ann", "email": "ann@example.com"}
	for k, v := range map[string]any{"scripts": map[string]any{"postinstall": "x", "install" + spell: "y"}, "deprecated": "old", "maintainers": []any{ann},
		"_npmUser": ann, "bin": map[string]any{"b" + spell: "c"}, "engines": map[string]any{"node": ">=1"}, "description": "d"} {
		m[k] = v
	}
	p["maintainers"] = []any{ann}
	bewitch(p)
}

func elsewhere(path string, status int) weapon {
	return func(f *foe, w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, path) && "http://"+r.Host == f.home.URL {
			http.Redirect(w, r, strings.Replace(f.other.URL, "//", "//u:p@", 1)+r.URL.Path, status)
			return
		}
		ordinary(f, w, r)
	}
}

// TestHostileRegistry: whatever a registry answers, gpq ends soon, with the
// right code, in plain words, and keeps the user's secrets at home.
func TestHostileRegistry(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("NOT RUN: npm is not on PATH")
	}
	none := [2]string{}
	check := []string{"check", "victim"}
	for name, test := range map[string]struct {
		do    weapon
		words []string
		files map[string]string
		code  []int
		says  string
	}{
		"truncated":             {do: words(200, none, `{"name":"victim","vers`), code: []int{4}, says: "cut off"},
		"no JSON":               {do: words(200, none, spell), code: []int{4}, says: "127.0.0.1"},
		"nested":                {do: words(200, none, `{"name":"victim","versions":`+strings.Repeat("[", 1<<20)), code: []int{4}, says: "nested too deep"},
		"another name":          {do: forged(func(_ *foe, p map[string]any) { p["name"] = "other" + spell }), code: []int{4}, says: "another package"},
		"gzip bomb":             {do: bomb, code: []int{4}, says: "larger than"},
		"an answer too much":    {do: wire("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}" + spell + strings.Repeat("x", 9000)), code: []int{4}},
		"garbage":               {do: wire(spell + "\r\n\r\n"), code: []int{4}},
		"a header of its own":   {do: wire("HTTP/1.1 200 OK\r\nx\x1b[31m: y\r\n\r\n{}"), code: []int{4}},
		"headers":               {do: wire("HTTP/1.1 200 OK\r\n" + strings.Repeat("x: y\r\n", 200_000)), code: []int{4}},
		"come back in 30 years": {do: words(429, [2]string{"Retry-After", "1000000000"}, spell), code: []int{4}, says: "429"},
		"login":                 {do: words(401, [2]string{"Www-Authenticate", "x"}, spell), code: []int{4}, says: "401"},
		"ever more, one by one": {do: endlessly(1), code: []int{4}, says: "without end"},
		"15,000 at once": {do: forged(func(_ *foe, p map[string]any) {
			deps := map[string]any{}
			for i := range 15_000 {
				deps[fmt.Sprint("d", i)] = "*"
			}
			version1(p)["dependencies"] = deps
		}), code: []int{4}, says: "15000 packages"},
		"spells":               {do: forged(texts), code: []int{3, 4}},
		"spells, JSON":         {do: forged(texts), words: []string{"check", "victim", "--json"}, code: []int{3, 4}},
		"spells, SARIF":        {do: forged(texts), words: []string{"check", "victim", "--report", "sarif"}, code: []int{3, 4}},
		"spells, HTML":         {do: forged(texts), words: []string{"check", "victim", "--report", "html"}, code: []int{3, 4}},
		"spells, verify":       {do: forged(texts), words: []string{"verify", "victim"}, code: []int{0, 3, 4}},
		"spells, install":      {do: forged(texts), words: []string{"install", "victim"}, code: []int{3, 4}},
		"a spell for a tag":    {do: forged(func(_ *foe, p map[string]any) { version1(p)["peerDependencies"] = map[string]any{"a": "*" + spell} }), code: []int{4}, says: `\x1b[31m`},
		"the same, install":    {do: forged(func(_ *foe, p map[string]any) { version1(p)["peerDependencies"] = map[string]any{"a": "*" + spell} }), words: []string{"install", "victim"}, code: []int{4}, says: "npm did not run"},
		"a spell in a name":    {do: forged(func(_ *foe, p map[string]any) { version1(p)["dependencies"] = map[string]any{"../.." + spell: "*"} }), code: []int{3, 4}},
		"packument elsewhere":  {do: elsewhere("victim", 301), code: []int{0, 3, 4}},
		"tarball elsewhere":    {do: elsewhere(".tgz", 307), words: []string{"install", "victim"}, code: []int{0, 1, 3, 4}},
		"advisories elsewhere": {do: elsewhere("/-/npm", 308), code: []int{0, 3, 4}},
		"a tarball of others": {do: forged(func(f *foe, p map[string]any) {
			version1(p)["dist"].(map[string]any)["tarball"] = strings.Replace(f.other.URL, "//", "//u:p@", 1) + "/a.tgz"
		}), code: []int{0, 3, 4}},
		"a tarball of this machine": {do: forged(func(_ *foe, p map[string]any) {
			version1(p)["dist"].(map[string]any)["tarball"] = "file:///etc/passwd"
		}), code: []int{3, 4}},
		"a policy of brackets": {do: ordinary, files: map[string]string{"proj/.gpq/policy.yaml": strings.Repeat("[", 1_000_000)}, code: []int{0, 2, 3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := enemy(t, test.do)
			if test.words == nil {
				test.words = check
			}
			e := attacked(t, f, test.files, nil, test.words...)
			f.sound(t, e)
			if !slices.Contains(test.code, e.code) || e.took > 4*time.Minute || !strings.Contains(e.out+e.err, test.says) {
				t.Errorf("code %d, want %v and %q, after %s: %.600s%.600s", e.code, test.code, test.says, e.took, e.err, e.out)
			}
		})
	}
}

// TestHostileSilence: a server that never answers holds nobody who wants to go.
func TestHostileSilence(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("NOT RUN: npm is not on PATH")
	}
	for name, path := range map[string]string{"packument": "/victim", "tarball": ".tgz", "advisories": "/-/npm", "OSV": "/osv"} {
		for _, command := range []string{"check", "install", "verify"} {
			if command == "verify" && path != "/victim" {
				continue // it asks for neither: they prove nothing
			}
			t.Run(name+", "+command, func(t *testing.T) {
				t.Parallel()
				f := enemy(t, func(f *foe, w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, path) || strings.HasSuffix(r.URL.Path, path) {
						_, _ = io.Copy(io.Discard, r.Body) // or its end would not be noticed
						select {
						case f.asked <- struct{}{}:
						default:
						}
						<-r.Context().Done()
						return
					}
					ordinary(f, w, r)
				})
				e := attacked(t, f, nil, os.Interrupt, command, "victim")
				f.sound(t, e)
				if e.took > 20*time.Second || e.code == 0 || e.code == 1 {
					t.Errorf("code %d, %s after Ctrl-C: %s%s", e.code, e.took, e.err, e.out)
				}
			})
		}
	}
}
