package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// spaces answers with white space without end, as fast as it goes.
func spaces(_ *foe, w http.ResponseWriter, r *http.Request) {
	text := []byte(strings.Repeat(" ", 1<<20))
	for r.Context().Err() == nil {
		if _, err := w.Write(text); err != nil {
			return
		}
	}
}

// sends redirects everything to an address.
func sends(to string) weapon {
	return func(_ *foe, w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		http.Redirect(w, r, to+r.URL.Path, http.StatusFound)
	}
}

// with is an ordinary registry whose one version has another field.
func with(key string, v any) weapon {
	return forged(func(_ *foe, p map[string]any) { version1(p)[key] = v })
}

// said is an ordinary registry whose packument has these words in it, as they
// are, in place of its licence.
func said(text string) weapon {
	return func(f *foe, w http.ResponseWriter, r *http.Request) {
		rec := &recorded{header: http.Header{}}
		ordinary(f, rec, r)
		if rec.status != 0 {
			w.WriteHeader(rec.status)
		}
		_, _ = w.Write([]byte(strings.Replace(rec.body.String(), `"license":"MIT"`, text, 1)))
	}
}

// recorded keeps an answer.
type recorded struct {
	header http.Header
	status int
	body   strings.Builder
}

func (r *recorded) Header() http.Header         { return r.header }
func (r *recorded) WriteHeader(status int)      { r.status = status }
func (r *recorded) Write(p []byte) (int, error) { return r.body.Write(p) }

// stairwell is two packages that ask for each other's next version, each of
// which must lie below the last.
func stairwell(steps int) weapon {
	return func(f *foe, w http.ResponseWriter, r *http.Request) {
		name := strings.Trim(r.URL.Path, "/")
		if strings.Contains(name, "/") {
			ordinary(f, w, r)
			return
		}
		p := paper(f.home.URL, name, plainTarball())
		first, versions := version1(p), map[string]any{}
		for i := 1; i <= steps; i++ {
			m := map[string]any{"name": name, "version": fmt.Sprint(i, ".0.0"), "dist": first["dist"]}
			other := map[string]string{"victim": "b", "b": "victim"}[name]
			m["dependencies"] = map[string]any{other: fmt.Sprint((i+1)%steps, ".0.0"), "x": fmt.Sprint("npm:victim@", i%steps+1, ".0.0")}
			versions[fmt.Sprint(i, ".0.0")] = m
		}
		p["versions"] = versions
		send(w, p)
	}
}

// TestHostileWire is TestHostileRegistry for what is below and beside the
// words: how they come, and how they are read.
func TestHostileWire(t *testing.T) {
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("NOT RUN: npm is not on PATH")
	}
	ranges := strings.Repeat("1.0.0 || ", 100_000) + "*"
	for name, test := range map[string]struct {
		do   weapon
		code []int
		says string
	}{
		"spaces":                    {do: spaces, code: []int{4}, says: "larger than"},
		"packed twice":              {do: words(200, [2]string{"Content-Encoding", "gzip, gzip"}, "\x1f\x8b"), code: []int{4}},
		"packed otherwise":          {do: words(200, [2]string{"Content-Encoding", "br"}, "{}"), code: []int{4}},
		"early hints":               {do: wire(strings.Repeat("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n", 20_000)), code: []int{4}},
		"two lengths":               {do: wire("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} "), code: []int{4}},
		"length and chunks":         {do: wire("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{}"), code: []int{4}},
		"a chunk without end":       {do: wire("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n{}"), code: []int{4}},
		"round and round":           {do: sends(""), code: []int{4}, says: "redirect"},
		"to a file":                 {do: sends("file:///etc/passwd#"), code: []int{4}, says: "not an http"},
		"to nowhere":                {do: words(302, [2]string{}, ""), code: []int{4}, says: "redirect to nowhere"},
		"a range of a million":      {do: with("dependencies", map[string]any{"a": ranges}), code: []int{3, 4}},
		"a range that backtracks":   {do: with("dependencies", map[string]any{"a": strings.Repeat("1", 200_000) + "." + strings.Repeat(" ", 200_000) + "x"}), code: []int{3, 4}},
		"an endless version":        {do: with("version", "1."+strings.Repeat("0", 1_000_000)), code: []int{3, 4}},
		"many digests":              {do: with("dist", map[string]any{"tarball": "http://127.0.0.1:1/a.tgz", "integrity": strings.Repeat("sha512-AAAA\t\n ", 100_000)}), code: []int{3, 4}},
		"an unknown digest":         {do: with("dist", map[string]any{"tarball": "http://127.0.0.1:1/a.tgz", "integrity": "md5-AAAA sha0-x"}), code: []int{3, 4}},
		"infinity":                  {do: said(`"scripts":{"a":1e999,"postinstall":"x"},"n":-1e999`), code: []int{3, 4}, says: "postinstall"},
		"twice the same":            {do: said(`"scripts":{},"scripts":{"postinstall":"x"}`), code: []int{3, 4}, says: "postinstall"},
		"half a letter":             {do: said("\"scripts\":{\"postinstall\":\"\\ud800\xff\"}"), code: []int{3, 4}, says: "postinstall"},
		"a prototype":               {do: said(`"__proto__":{"scripts":{"postinstall":"x"}},"constructor":{"prototype":1}`), code: []int{0, 3, 4}},
		"a name of names":           {do: with("dependencies", map[string]any{"__proto__": "*", "constructor": "*", "a%2fb": "*", "@a/b/c": "*", " a": "*", "a\nb": "*"}), code: []int{3, 4}},
		"an alias of itself":        {do: with("dependencies", map[string]any{"a": "npm:victim@*", "b": "npm:a@npm:victim@*"}), code: []int{3, 4}},
		"a peer of itself":          {do: with("peerDependencies", map[string]any{"victim": "2", "z": "npm:victim@1"}), code: []int{3, 4}},
		"stairs":                    {do: stairwell(400), code: []int{3, 4}},
		"fifty thousand of a thing": {do: with("bin", many(50_000)), code: []int{3, 4}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := enemy(t, test.do)
			e := attacked(t, f, nil, nil, "check", "victim")
			f.sound(t, e)
			if !slices.Contains(test.code, e.code) || !strings.Contains(e.out+e.err, test.says) {
				t.Errorf("code %d, want %v and %q, after %s: %.600s%.600s", e.code, test.code, test.says, e.took, e.err, e.out)
			}
		})
	}
}

func many(n int) map[string]any {
	all := map[string]any{}
	for i := range n {
		all[fmt.Sprint("k", i)] = fmt.Sprint("./v", i)
	}
	return all
}
