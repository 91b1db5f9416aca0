package registry

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

type file struct {
	name, text string
	kind       byte
}

func pack(t *testing.T, files ...file) []byte {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	w := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Size: int64(len(f.text)), Mode: 0o644, Typeflag: f.kind, Format: tar.FormatPAX}
		if f.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if f.kind == tar.TypeSymlink || f.kind == tar.TypeLink {
			h.Linkname, h.Size = f.text, 0
			f.text = ""
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(f.text))
	}
	_ = w.Close()
	_ = z.Close()
	return out.Bytes()
}

func TestReadArchive(t *testing.T) {
	for name, test := range map[string]struct {
		files []file
		want  Contents
	}{
		"plain": {[]file{{name: "package/package.json", text: "p"}, {name: "package/index.js", text: "12345"}, {name: "package/npm-shrinkwrap.json", text: "s"}},
			Contents{PackageJSON: []byte("p"), Shrinkwrap: []byte("s"), Files: 3, Size: 7}},
		"another first folder": {[]file{{name: "any/package.json", text: "p"}}, Contents{PackageJSON: []byte("p"), Files: 1, Size: 1}},
		"the later one wins":   {[]file{{name: "a/package.json", text: "1"}, {name: "b/package.json", text: "2"}}, Contents{PackageJSON: []byte("2"), Files: 2, Size: 2}},
		"by another way": {[]file{{name: "a/package.json", text: "1"}, {name: "a/./x/..y/../package.json", text: "no"}, {name: "a//package.json", text: "2"}},
			Contents{PackageJSON: []byte("2"), Files: 2, Size: 2}},
		"by a drive":       {[]file{{name: "a/package.json", text: "1"}, {name: "a/c:/package.json", text: "2"}}, Contents{PackageJSON: []byte("2"), Files: 2, Size: 2}},
		"not at the top":   {[]file{{name: "package.json", text: "no"}, {name: "a/b/package.json", text: "no"}, {name: "a/b/Binding", text: ""}}, Contents{Files: 2, Size: 2}},
		"links, folders":   {[]file{{name: "a/package.json", text: "p"}, {name: "a/package.json", text: "/etc/passwd", kind: tar.TypeSymlink}, {name: "a/x/", kind: tar.TypeDir}}, Contents{PackageJSON: []byte("p"), Files: 1, Size: 1}},
		"gyp":              {[]file{{name: "a/package.json", text: "p"}, {name: "a/binding.gyp", text: "g"}}, Contents{PackageJSON: []byte("p"), Gypfile: true, Gyps: []Gyp{{Name: "binding.gyp", Text: []byte("g")}}, Files: 2, Size: 2}},
		"gyp files below":  {[]file{{name: "a/x/b.gypi", text: "g"}, {name: "a/node_modules/x/c.gyp", text: "g"}}, Contents{Gyps: []Gyp{{Name: "x/b.gypi", Text: []byte("g")}}, Files: 2, Size: 2}},
		"a large gyp file": {[]file{{name: "a/b.GYP", text: strings.Repeat("x", maxGyp+1)}}, Contents{Gyps: []Gyp{{Name: "b.GYP", Text: bytes.Repeat([]byte("x"), maxGyp), Cut: true}}, Files: 1, Size: maxGyp + 1}},
		"twins on Windows": {[]file{{name: "a/package.json", text: "p"}, {name: `a\package.json`, text: "q"}, {name: `a/x\package.json`, text: "q"}}, Contents{PackageJSON: []byte("p"), Twins: []string{"package.json"}, Files: 2, Size: 2}},
		"twins":            {[]file{{name: "a/package.json", text: "p"}, {name: "a/Package.JSON", text: "q"}}, Contents{PackageJSON: []byte("p"), Twins: []string{"Package.JSON"}, Files: 2, Size: 2}},
		"more twins": {[]file{{name: "a/package.json.", text: "p"}, {name: "a/PACKAG~1.JSO", text: "q"}, {name: "a/binding.gyp ", text: "q"}, {name: "a/x/package.json.", text: "q"}},
			Contents{Twins: []string{"package.json.", "PACKAG~1.JSO", "binding.gyp "}, Files: 4, Size: 4}},
		"bundled": {[]file{{name: "a/node_modules/b/package.json", text: "b"}, {name: "a/node_modules/@c/d/node_modules/e/package.json", text: "e"},
			{name: "a/node_modules/b/lib/package.json", text: "no"}, {name: "a/x/node_modules/f/package.json", text: "no"}, {name: "a/node_modules/@c/package.json", text: "no"}},
			Contents{Bundled: map[string][]byte{"node_modules/b": []byte("b"), "node_modules/@c/d/node_modules/e": []byte("e")}, Files: 5, Size: 8}},
		"bundled, to be compiled": {[]file{{name: "a/node_modules/b/binding.gyp", text: "g"}, {name: "a/node_modules/@c/d/Binding.GYP", text: "g"}, {name: "a/node_modules/b/x/binding.gyp", text: "no"}},
			Contents{BundledGyps: []string{"node_modules/b", "node_modules/@c/d"}, Files: 3, Size: 4}},
		"a long name": {[]file{{name: "a/" + strings.Repeat("x/", 100) + "y", text: "1"}}, Contents{Files: 1, Size: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			if test.want.Bundled == nil {
				test.want.Bundled = map[string][]byte{}
			}
			got, err := ReadArchive(bytes.NewReader(pack(t, test.files...)))
			if err != nil || !reflect.DeepEqual(*got, test.want) {
				t.Errorf("%+v %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

func TestReadArchiveRefuses(t *testing.T) {
	good := pack(t, file{name: "a/package.json", text: strings.Repeat("x", 5000)})
	for name, text := range map[string][]byte{
		"nothing": nil, "text": []byte("hello"), "an empty archive": pack(t), "cut": good[:len(good)/2], "long text": bytes.Repeat([]byte("x"), 2000),
		"a Windows share":      pack(t, file{name: `a/\\s\h\package.json`, text: "x"}),
		"too large a manifest": pack(t, file{name: "a/package.json", text: strings.Repeat(" ", maxKeptFile+1)}),
	} {
		if c, err := ReadArchive(bytes.NewReader(text)); err == nil {
			t.Errorf("%s: %+v", name, c)
		}
	}
	if _, err := ReadTarball(filepath.Join(t.TempDir(), "none.tgz")); err == nil {
		t.Error("no file, no error")
	}
	bomb := &atMost{r: zeros{}, left: 10}
	buf := make([]byte, 20)
	if n, err := bomb.Read(buf); n != 10 || err != nil {
		t.Error(n, err)
	}
	if _, err := bomb.Read(buf); err == nil {
		t.Error("a bound ends like a file")
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestReadPlainTar(t *testing.T) {
	var out bytes.Buffer
	w := tar.NewWriter(&out)
	_ = w.WriteHeader(&tar.Header{Name: "a/package.json", Size: 1, Mode: 0o644})
	_, _ = w.Write([]byte("p"))
	_ = w.Close()
	path := filepath.Join(t.TempDir(), "x.tar")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := ReadTarball(path); err != nil || string(c.PackageJSON) != "p" {
		t.Errorf("%+v %v", c, err)
	}
}

func TestTwinOf(t *testing.T) {
	for name, want := range map[string]string{
		"package.json": "package.json", "Package.JSON": "package.json", "package.j\u017fon": "package.json", "pac\u212aage.json": "package.json",
		"package.json. ": "package.json", "p\u200cackage.json": "package.json", "packag~2.jso": "package.json", "NPM-SH~1.JSO": "npm-shrinkwrap.json",
		"BINDING.gyp": "binding.gyp", "package.json5": "", "a.package.json": "", "x/package.json": "", "package~1.json": "", "": "",
	} {
		if got := TwinOf(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func FuzzReadArchive(f *testing.F) {
	f.Add([]byte("a/package.json"))
	f.Fuzz(func(t *testing.T, text []byte) {
		if c, err := ReadArchive(bytes.NewReader(text)); err == nil && c.Files == 0 {
			t.Error("empty, and no error")
		}
		if name, err := unpackedName(string(text)); err == nil {
			clean := filepath.ToSlash(filepath.Clean("/" + name))
			if name != "" && clean != "/"+name {
				t.Errorf("%q leads to %q", text, name)
			}
		}
	})
}

func TestCredentials(t *testing.T) {
	c := Credentials{
		ByDart: map[string]Credential{
			"//a.example/": {Token: "a"}, "//a.example/x/": {Token: "x"}, "//a.example/y": {Basic: "eTp5"},
			"//b.example:8080/": {Username: "u", Password: "cA=="}, "//c.example/": {Username: "u"},
			"//two.example/one/": {Token: "1"}, "//two.example/two/": {Token: "2"}, "//plain.example/": {Token: "p"},
		},
		Registries: []string{"https://a.example/", "https://two.example/one/", "https://two.example/two/", "http://plain.example/"},
		PlainHTTP:  []string{"plain.example"},
	}
	for url, want := range map[string]string{
		"https://a.example/p": "Bearer a", "https://A.example:443/p": "Bearer a", "https://a.example/x/p/-/p.tgz": "Bearer x", "https://a.example/x": "Bearer a",
		"https://a.example/y/z": "Basic eTp5", "https://a.example/yy": "Bearer a", "https://a.example:444/p": "", "http://a.example/p": "",
		"https://b.example:8080/p": "Basic dTpw", "https://b.example/p": "", "https://c.example/p": "", "https://xa.example/": "", "https://a.example.evil.example/": "",
		"https://two.example/one/p": "Bearer 1", "https://two.example/files/p": "", "http://plain.example/p": "Bearer p", "https://plain.example/p": "Bearer p",
		"https://a.example/x/../p": "Bearer a", "https://a.example@evil.example/": "", "ftp://a.example/": "", "": "", "%": "", "//a.example/": "",
	} {
		if got := c.Authorization(url); got != want {
			t.Errorf("%s gets %q, want %q", url, got, want)
		}
	}
	if (Credentials{}).Authorization("https://a.example/") != "" {
		t.Error("the zero value sends something")
	}
}

// TestRedirectedTarball makes sure that the registry's credential does not
// travel to where the registry sends for the file.
func TestRedirectedTarball(t *testing.T) {
	files := newSite(t)
	files.pages["/a.tgz"] = "content"
	asked := ""
	reg := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = r.Header.Get("Authorization")
		http.Redirect(w, r, files.URL+"/a.tgz", http.StatusFound)
	}))
	defer reg.Close()
	c := newClient(t, Options{Authorization: func(string) string { return "Bearer x" }})
	if _, err := c.Tarball(context.Background(), reg.URL+"/a.tgz", sriOf("content")); err != nil {
		t.Error(err)
	}
	if asked != "Bearer x" || len(files.seen) != 1 || files.seen[0].Header.Get("Authorization") != "" {
		t.Errorf("the registry got %q, the other host %v", asked, files.seen[0].Header)
	}
}
