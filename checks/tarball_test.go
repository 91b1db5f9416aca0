package checks

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// tgz makes a tarball of name, content pairs.
func tgz(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadTarball(t *testing.T) {
	raw := tgz(t, "package/package.json", `{"name":"a","version":"1.0.0","scripts":{"install":"x","test":3},"bin":"./cli.js","dependencies":{"b":"1"},"optionalDependencies":{"b":"2","c":"3"}}`,
		"package/./binding.gyp", `{"targets":[]}`, "package/node_modules/@s/x/package.json", "{}", "package/node_modules/y/package.json", "{}", "package/node_modules/y/lib/package.json", "{}")
	f, err := readTarball(append(raw, "trailing"...))
	if err != nil {
		t.Fatal(err)
	}
	if f.Err != nil || f.Package.Name != "a" || !f.BindingGyp || f.OddGyp != "" || f.Files != 5 || strings.Join(f.Carried, " ") != "@s/x y" {
		t.Errorf("%+v", f)
	}
	if v, _ := f.Package.Dependencies.Get("b"); v != "2" || len(f.Package.Dependencies) != 2 {
		t.Errorf("%v", f.Package.Dependencies)
	}
	if v, _ := f.Package.Bin.Get("a"); v != "cli.js" {
		t.Errorf("%v", f.Package.Bin)
	}
}

// TestScriptsWithin: what lies in node_modules runs at install as well.
func TestScriptsWithin(t *testing.T) {
	f, err := readTarball(tgz(t, "package/package.json", `{"name":"a","version":"1.0.0"}`,
		"package/node_modules/x/package.json", `{"scripts":{"postinstall":"node x.js","test":"y"}}`,
		"package/node_modules/x/node_modules/@s/y/package.json", `{"scripts":{"install":"sh z"}}`,
		"package/node_modules/z/package.json", `[]`, "package/node_modules/z/binding.gyp", "{}", "package/node_modules/z/src/binding.gyp", "{}",
		"package/node_modules/g/binding.gyp", "{}", "package/node_modules/x/binding.gyp", "{}",
		"package/node_modules/x/node_modules/@s/y/binding.gyp", "{}", "package/src/node_modules/q/binding.gyp", "{}"))
	if err != nil {
		t.Fatal(err)
	}
	gyp := func(dir string) script { return script{"install of " + dir, compiles, true} }
	want := []script{gyp("node_modules/g"), {event: "postinstall of node_modules/x", command: "node x.js"}, gyp("node_modules/x"),
		{event: "install of node_modules/x/node_modules/@s/y", command: "sh z"}, gyp("node_modules/z")}
	if !slices.Equal(f.Within, want) {
		t.Errorf("%+v", f.Within)
	}
}

func readTarball(raw []byte) (*TarballFacts, error) {
	c, err := registry.ReadArchive(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return ReadContents(c), nil
}

// TestReadContents is what a tarball's odder files come to.
func TestReadContents(t *testing.T) {
	for name, c := range map[string]struct {
		files []string
		want  string // of the error, or of OddGyp; "" for neither
		gyp   bool
	}{
		"no package.json":           {[]string{"package/readme", "x"}, "there is no package.json", false},
		"another in its place":      {[]string{"package/package.json", "{}", "package/Package.json", "{}"}, "Package.json takes its place", false},
		"only another":              {[]string{"package/PACKAGE.JSON", "{}"}, "PACKAGE.JSON takes its place", false},
		"another on Windows":        {[]string{"package/package.json", "{}", `package\package.json`, "{}"}, "package.json takes its place", false},
		"no object":                 {[]string{"package/package.json", "[]"}, "package.json", false},
		"a gyp file that runs":      {[]string{"package/package.json", "{}", "package/x/y.gypi", "<!(sh x)"}, "x/y.gypi: sh x", false},
		"a gyp file of another":     {[]string{"package/package.json", "{}", "package/node_modules/x/binding.gyp", "<!(sh x)"}, "", false},
		"a large gyp file":          {[]string{"package/package.json", "{}", "package/binding.gyp", strings.Repeat(" ", 1<<20+1)}, "binding.gyp: larger than any is", true},
		"binding.gyp in upper case": {[]string{"package/package.json", "{}", "package/Binding.gyp", "{}"}, "", true},
	} {
		f, err := readTarball(tgz(t, c.files...))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := f.OddGyp
		if f.Err != nil {
			got = f.Err.Error()
		}
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) || f.BindingGyp != c.gyp || (f.Err == nil) == (f.Package == nil) {
			t.Errorf("%s: %q, %+v", name, got, f)
		}
	}
	var broken *MalformedError
	if _, err := readTarball([]byte("no tar")); !errors.As(err, &broken) {
		t.Errorf("no tarball: %v", err)
	}
}

func TestGyp(t *testing.T) {
	for text, odd := range map[string]bool{
		`{"targets":[{"target_name":"a","sources":["a.cc"],"include_dirs":["<!(node -p \"require('node-addon-api').include\")"]}]}`: false,
		`'<!@(node -p "require(\'node-addon-api\').include")'`:                                                                      false,
		`"<!(node -e \"require('nan')\")"`:                                                                                          false,
		`"<!@(pkg-config --cflags libpng)"`:                                                                                         false,
		`"<!(node index.js)"`:                                                                                                       true,
		`"<!(node -p \"require('./evil')\")"`:                                                                                       true,
		`"<!(node -p \"require('nan').x;process.exit()\")"`:                                                                         true,
		`"<!(pkg-config --cflags x; curl evil)"`:                                                                                    true,
		`">!(sh -c x)"`:                                                                                                             true,
		`"^!@(sh -c x)"`:                                                                                                            true,
		`"<!(never closed"`:                                                                                                         true,
		`{"actions": [{"action": ["node", "x.js"]}]}`:                                                                               true,
		`{'postbuilds': []}`:                                                                                                        true,
		`{"targets":[]} # <(module_root_dir)/x`:                                                                                     false,
	} {
		if got := oddGyp(text) != ""; got != odd {
			t.Errorf("%s: odd %t", text, got)
		}
	}
}

func TestOnlyCompiles(t *testing.T) {
	for cmd, want := range map[string]bool{
		"node-gyp rebuild": true, "node-gyp-build": true, "prebuild-install || node-gyp rebuild": true, "prebuild-install -r napi || node-gyp rebuild --release": true,
		"node-gyp rebuild; curl x": false, "node-gyp rebuild && node x.js": false, "node-gyp rebuild $(x)": false, "node install.js": false,
		"node-gyp rebuild -C ../../x": false, "prebuild-install --download https://x": false, "": false, "node-gyp": false, "node-gyp rebuild `x`": false,
		"node-gyp rebuild > /dev/null": false, "node-gyp rebuild\nnode x": false,
	} {
		if got := onlyCompiles(cmd); got != want {
			t.Errorf("%q: %t", cmd, got)
		}
	}
}

func FuzzParsePackageJSON(f *testing.F) {
	f.Add([]byte(`{"name":"a","bin":{"x":"y"},"scripts":{"install":1},"gypfile":false}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := ParsePackageJSON(raw)
		if (p == nil) == (err == nil) {
			t.Errorf("%+v %v", p, err)
		}
	})
}

func FuzzLicense(f *testing.F) {
	f.Add("(MIT OR GPL-3.0-only) AND ISC")
	f.Add("((((")
	f.Fuzz(func(t *testing.T, expr string) {
		r := Rules{LicenseAllow: []string{"MIT"}}
		if r.allowsLicense(expr) && !strings.Contains(strings.ToUpper(expr), "MIT") {
			t.Errorf("%q", expr)
		}
	})
}

func TestLicenses(t *testing.T) {
	allow, deny := Rules{LicenseAllow: []string{"MIT", "ISC"}}, Rules{LicenseDeny: []string{"GPL-3.0-only"}}
	for expr, want := range map[string][2]bool{
		"MIT": {true, true}, "mit": {true, true}, "GPL-3.0-only": {false, false}, "(MIT OR GPL-3.0-only)": {true, true},
		"MIT AND GPL-3.0-only": {false, false}, "Apache-2.0": {false, true}, "MIT AND (ISC OR X)": {true, true}, "(MIT": {false, false},
		"MIT WITH x": {true, true}, "SEE LICENSE IN x": {false, true},
	} {
		if got := [2]bool{allow.allowsLicense(expr), deny.allowsLicense(expr)}; got != want {
			t.Errorf("%s: %v", expr, got)
		}
	}
}

func TestMismatches(t *testing.T) {
	for name, c := range map[string]struct {
		packument registry.Manifest
		inside    string
		want      string
	}{
		"the same":          {registry.Manifest{}, `{"name":"a","version":"1.0.0"}`, ""},
		"name":              {registry.Manifest{}, `{"name":"b","version":"1.0.0"}`, "name"},
		"version":           {registry.Manifest{}, `{"name":"a","version":"1.0.1"}`, "version"},
		"v before it":       {registry.Manifest{}, `{"name":"a","version":" v1.0.0"}`, ""},
		"hidden script":     {registry.Manifest{}, `{"name":"a","version":"1.0.0","scripts":{"preinstall":"x"}}`, "script preinstall"},
		"test script":       {registry.Manifest{}, `{"name":"a","version":"1.0.0","scripts":{"test":"x"}}`, ""},
		"script shown only": {registry.Manifest{Scripts: registry.Deps{{Name: "install", Value: "x"}}}, `{"name":"a","version":"1.0.0"}`, "script install"},
		"optional in both": {registry.Manifest{Dependencies: registry.Deps{{Name: "x", Value: "1"}}, OptionalDependencies: registry.Deps{{Name: "x", Value: "1"}}},
			`{"name":"a","version":"1.0.0","optionalDependencies":{"x":"1"}}`, ""},
		"hidden dependency": {registry.Manifest{}, `{"name":"a","version":"1.0.0","dependencies":{"x":"1"}}`, "x"},
		"other range":       {registry.Manifest{Dependencies: registry.Deps{{Name: "x", Value: "1"}}}, `{"name":"a","version":"1.0.0","dependencies":{"x":"2"}}`, "x"},
		"any":               {registry.Manifest{Dependencies: registry.Deps{{Name: "x", Value: "*"}}}, `{"name":"a","version":"1.0.0","dependencies":{"x":""}}`, ""},
		"short repository": {registry.Manifest{Dependencies: registry.Deps{{Name: "x", Value: "github:u/x#1"}}},
			`{"name":"a","version":"1.0.0","dependencies":{"x":"u/x#1"}}`, ""},
		"other repository": {registry.Manifest{Dependencies: registry.Deps{{Name: "x", Value: "github:u/x#1"}}},
			`{"name":"a","version":"1.0.0","dependencies":{"x":"u/y#1"}}`, "x"},
		"bin as a string": {registry.Manifest{Bin: registry.Deps{{Name: "a", Value: "cli.js"}}}, `{"name":"a","version":"1.0.0","bin":"./cli.js"}`, ""},
		"bin directory":   {registry.Manifest{Bin: registry.Deps{{Name: "z", Value: "bin/z"}}}, `{"name":"a","version":"1.0.0","directories":{"bin":"./bin"}}`, ""},
		"hidden command":  {registry.Manifest{}, `{"name":"a","version":"1.0.0","bin":{"node":"x"}}`, "command node"},
		"old list form":   {registry.Manifest{Dependencies: registry.Deps{{Name: "x", Value: "*"}}}, `{"name":"a","version":"1.0.0","dependencies":["x"]}`, ""},
	} {
		p, err := ParsePackageJSON([]byte(c.inside))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range mismatches("a", "1.0.0", &c.packument, &TarballFacts{Package: p}) {
			got = append(got, e.Fact)
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("%s: %v, want %q", name, got, c.want)
		}
	}
}

func TestMismatchGypScript(t *testing.T) {
	m := registry.Manifest{Scripts: registry.Deps{{Name: "install", Value: compiles}}}
	p, _ := ParsePackageJSON([]byte(`{"name":"a","version":"1.0.0"}`))
	if d := mismatches("a", "1.0.0", &m, &TarballFacts{Package: p, BindingGyp: true}); len(d) != 0 {
		t.Errorf("what publishing adds: %v", d)
	}
	if d := mismatches("a", "1.0.0", &m, &TarballFacts{Package: p}); len(d) != 1 {
		t.Errorf("without a binding.gyp: %v", d)
	}
}

// What stays is read while it is recent; where it is little, or where it is asked
// whether it only compiles, at any age.
func TestWhatStaysIsRead(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	subject := func(days int, scripts registry.Deps, overview *Overview) *Subject {
		old := &registry.Manifest{Name: "a", Version: "1.0.0"}
		m := &registry.Manifest{Name: "a", Version: "1.1.0", Scripts: scripts}
		p := &registry.Packument{Name: "a", Versions: map[string]*registry.Manifest{"1.0.0": old, "1.1.0": m},
			Time: map[string]time.Time{"1.0.0": now.AddDate(-5, 0, 0), "1.1.0": now.AddDate(0, 0, -days)}}
		pkg := resolver.Package{Name: "a", Version: "1.1.0", Registry: "https://registry.example/"}
		h := NewHistory(p)
		return &Subject{Item: resolver.Item{Package: pkg, Previous: &pkg, Change: resolver.Unchanged}, Now: now, Limits: DefaultLimits(),
			Packument: p, Manifest: m, History: h, Release: h.Release("1.1.0"), Overview: overview}
	}
	script := registry.Deps{{Name: "install", Value: "node-gyp rebuild"}}
	for _, c := range []struct {
		name    string
		s       *Subject
		skipped bool
	}{
		{"recent", subject(80, nil, &Overview{}), false},
		{"old", subject(100, nil, &Overview{}), true},
		{"old, and little stays", subject(100, nil, &Overview{few: true}), false},
		{"old, and began to run something", subject(100, script, &Overview{}), false},
		{"beside a change, young", subject(10, nil, &Overview{changing: true, few: true}), false},
		{"beside a change", subject(80, nil, &Overview{changing: true, few: true}), true},
	} {
		if why := c.s.noTarball(); (why != "") != c.skipped {
			t.Errorf("%s: %q", c.name, why)
		}
	}
	few, many := make([]*Subject, fewStay), make([]*Subject, fewStay+1)
	for i := range many {
		many[i] = subject(100, nil, nil)
	}
	copy(few, many)
	if !newOverview(few, nil).few || newOverview(many, nil).few {
		t.Error("what is few?")
	}
}
