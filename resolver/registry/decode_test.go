package registry

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
	"unsafe"
)

func decode(t *testing.T, text string) *Packument {
	t.Helper()
	p, err := Decode([]byte(text), "https://registry.example/")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestDecodeWhole(t *testing.T) {
	p := decode(t, `{
	"_id": "a", "name": "a", "readme": "long \" \\ \u00e4",
	"dist-tags": {"latest": "2.0.0", "odd": 5},
	"versions": {
		"2.0.0": {"name": "a", "version": "2.0.0",
			"dependencies": {"b": "^1", "@c/d": "*"}, "optionalDependencies": {"e": "1"}, "peerDependencies": {"f": "1", "g": "2"},
			"peerDependenciesMeta": {"f": {"optional": true}, "g": {"optional": false}}, "acceptDependencies": {"b": "2"},
			"bundleDependencies": ["b"], "engines": {"node": ">=18"}, "os": ["linux", "!win32"], "cpu": "x64", "libc": ["glibc"],
			"bin": {"a": "cli.js"}, "directories": {"bin": "./bin"},
			"scripts": {"test": "t", "postinstall": "p", "install": "i"}, "hasInstallScript": true, "gypfile": false, "_hasShrinkwrap": true,
			"deprecated": "do not", "license": "MIT", "repository": {"type": "git", "url": "git+https://x", "directory": "d"},
			"gitHead": "abc", "_npmOperationalInternal": {"host": "h", "tmp": "tmp/a_2.0.0_1700000000123_0.5"},
			"maintainers": [{"name": "m", "email": "m@example.org"}, "n <n@example.org> (url)"],
			"_npmUser": {"name": "GitHub Actions", "email": "x@example.org", "trustedPublisher": {"id": "github", "oidcConfigId": "oidc:1"},
				"approver": {"name": "m", "email": "m@example.org"}},
			"dist": {"tarball": "https://registry.example/a.tgz", "integrity": "sha512-x", "shasum": "00", "fileCount": 3, "unpackedSize": 12345,
				"signatures": [{"keyid": "k", "sig": "s"}],
				"attestations": {"url": "https://registry.example/-/npm/v1/attestations/a@2.0.0", "provenance": {"predicateType": "https://slsa.dev/provenance/v1"}}}},
		"1.0.0": {"version": "1.0.0", "name": "a", "dependencies": {"b": "^1", "@c/d": "*"}}
	},
	"time": {"created": "2020-01-01T00:00:00.000Z", "modified": "2021-01-01T00:00:00.000Z", "1.0.0": "2020-01-01T00:00:00.000Z",
		"2.0.0": "2020-02-01T12:00:00+02:00", "0.9.0": "never", "unpublished": {"time": "2022-01-01T00:00:00Z", "versions": []}},
	"maintainers": [{"name": "m", "email": "m@example.org"}], "repository": "github:a/b",
	"stagedVersions": {"versions": {"3.0.0": {"version": "3.0.0"}}}, "policyRestrictions": {"message": "m", "versions": {"4.0.0": {}}}
	}`)
	no := false
	m := Person{"m", "m@example.org"}
	want := &Manifest{
		Name: "a", Version: "2.0.0",
		Dependencies: Deps{{"b", "^1"}, {"@c/d", "*"}}, OptionalDependencies: Deps{{"e", "1"}}, PeerDependencies: Deps{{"f", "1"}, {"g", "2"}},
		Rare: &Rare{PeerOptional: []string{"f"}, AcceptDeps: Deps{{"b", "2"}}, Bundle: []string{"b"},
			OS: []string{"linux", "!win32"}, CPU: []string{"x64"}, Libc: []string{"glibc"}},
		Engines: Deps{{"node", ">=18"}}, Bin: Deps{{"a", "cli.js"}},
		Scripts: Deps{{"postinstall", "p"}, {"install", "i"}}, HasInstallScript: true, Gypfile: &no, HasShrinkwrap: true, Deprecated: "do not",
		License: "MIT", Repository: Repository{"git", "git+https://x", "d"}, TmpPublishedMS: 1700000000123,
		Maintainers: []Person{m, {"n", "n@example.org"}},
		NpmUser:     &Publisher{Person: Person{"GitHub Actions", "x@example.org"}, TrustedPublisher: &TrustedPublisher{"github", "oidc:1"}, Approver: &m},
		Dist: Dist{Tarball: "https://registry.example/a.tgz", Integrity: "sha512-x", Shasum: "00", FileCount: 3, UnpackedSize: 12345,
			Signatures:   []Signature{{"k", "s"}},
			Attestations: &Attestations{URL: "https://registry.example/-/npm/v1/attestations/a@2.0.0", Provenance: true, PredicateType: "https://slsa.dev/provenance/v1"}},
	}
	if got := p.Versions["2.0.0"]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if &p.Versions["1.0.0"].Dependencies[0] != &p.Versions["2.0.0"].Dependencies[0] {
		t.Error("equal dependencies are not shared")
	}
	at := time.Date(2020, 2, 1, 10, 0, 0, 0, time.UTC)
	if len(p.Time) != 2 || !p.Time["2.0.0"].Equal(at) || p.Created.Year() != 2020 || p.Modified.Year() != 2021 || p.Unpublished.Year() != 2022 {
		t.Errorf("times %v %v %v %v", p.Time, p.Created, p.Modified, p.Unpublished)
	}
	if strings.Join(p.Order, " ") != "2.0.0 1.0.0" || len(p.DistTags) != 1 || p.Repository.URL != "github:a/b" || len(p.Staged) != 1 || len(p.Restricted) != 1 {
		t.Errorf("%+v", p)
	}
}

// TestDecodeOdd has manifests with one odd field, and what it reads.
func TestDecodeOdd(t *testing.T) {
	for text, want := range map[string]Manifest{
		`{"bin":"cli.js"}`:                                             {Bin: Deps{{"b", "cli.js"}}},
		`{"bin":["cli.js"]}`:                                           {},
		`{"bundledDependencies":["x"]}`:                                {Rare: &Rare{Bundle: []string{"x"}}},
		`{"bundledDependencies":["x"],"bundleDependencies":[]}`:        {},
		`{"bundleDependencies":true}`:                                  {Rare: &Rare{BundleAll: true}},
		`{"bundleDependencies":{"x":"1"}}`:                             {Rare: &Rare{Bundle: []string{"x"}}},
		`{"bundleDependencies":false}`:                                 {},
		`{"license":{"type":"MIT","url":"u"}}`:                         {License: "MIT"},
		`{"licenses":[{"type":"MIT"},"GPL-2.0"]}`:                      {License: "MIT OR GPL-2.0"},
		`{"license":["A","B"]}`:                                        {License: "A OR B"},
		`{"license":5}`:                                                {},
		`{"licenses":[{"type":"MIT"}],"license":"ISC"}`:                {License: "ISC"},
		`{"deprecated":true}`:                                          {Deprecated: "true"},
		`{"deprecated":false}`:                                         {},
		`{"deprecated":{}}`:                                            {Deprecated: "true"},
		`{"deprecated":""}`:                                            {},
		`{"deprecated":null}`:                                          {},
		`{"dependencies":["x"]}`:                                       {Dependencies: Deps{{"0", "x"}}}, // as npm takes it
		`{"peerDependencies":["x","y"]}`:                               {PeerDependencies: Deps{{"0", "x"}, {"1", "y"}}},
		`{"peerDependencies":"x"}`:                                     {},
		`{"dependencies":""}`:                                          {},
		`{"os":""}`:                                                    {},
		`{"dependencies":null}`:                                        {},
		`{"dependencies":"xy"}`:                                        {Dependencies: Deps{{"0", "x"}, {"1", "y"}}},
		`{"dependencies":{"x":1,"y":null,"z":{"a":[1]}}}`:              {Dependencies: Deps{{"x", "1"}, {"y", "null"}, {"z", `{"a":[1]}`}}},
		`{"dependencies":{"x":"1","y":"2","x":"3"}}`:                   {Dependencies: Deps{{"x", "3"}, {"y", "2"}}},
		`{"dependencies":{"x":"1"},"dependencies":{"y":"1"}}`:          {Dependencies: Deps{{"y", "1"}}},
		`{"dependencies":{"x":"1"},"dependencies":0}`:                  {},
		`{"dependencies":{"__proto__":"1"}}`:                           {Dependencies: Deps{{"__proto__", "1"}}},
		`{"\u0064ependencies":{"\u0078":"\ud83d\ude00\ud800"}}`:        {Dependencies: Deps{{"x", "\U0001F600\uFFFD"}}},
		`{"os":[1,"linux",null]}`:                                      {Rare: &Rare{OS: []string{"linux"}}},
		`{"engines":["node >= 0.6"]}`:                                  {},
		`{"engines":"node"}`:                                           {},
		`{"dist":"x"}`:                                                 {},
		`{"dist":{"fileCount":"3","attestations":{},"signatures":{}}}`: {},
		`{"dist":{"unpackedSize":99999999999999999999999}}`:            {},
		`{"dist":{"unpackedSize":-5,"fileCount":7e0}}`:                 {Dist: Dist{FileCount: 7}},
		`{"dist":{"attestations":{"x":1}}}`:                            {Dist: Dist{Attestations: &Attestations{}}},
		`{"_npmUser":"m <m@example.org>"}`:                             {NpmUser: &Publisher{Person: Person{"m", "m@example.org"}}},
		`{"_npmUser":[]}`:                                              {},
		`{"maintainers":"x"}`:                                          {},
		`{"maintainers":[null,{},{"name":"m"}]}`:                       {Maintainers: []Person{{Name: "m"}}},
		`{"repository":["x"]}`:                                         {},
		`{"repository":"a/b"}`:                                         {Repository: Repository{URL: "a/b"}},
		`{"gypfile":"yes"}`:                                            {},
		`{"hasInstallScript":0}`:                                       {},
		`{"scripts":{"install":["x"]}}`:                                {Scripts: Deps{{"install", `["x"]`}}},
		`{"peerDependenciesMeta":{"a":true,"b":{"optional":1},"c":{"optional":true},"c":{}}}`: {Rare: &Rare{PeerOptional: []string{"b"}}},
		`{"_npmOperationalInternal":{"tmp":"tmp/x"}}`:                                         {},
		`{"_npmOperationalInternal":{"tmp":"_170000000012x_"}}`:                               {},
		"{\"license\":\"a\xffb\"}":                                                            {License: "a\uFFFDb"},
	} {
		p, err := Decode([]byte(`{"versions":{"1.0.0":{"name":"@a/b",`+text[1:]+`}}`), "")
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		want.Name = "@a/b"
		if got := p.Versions["1.0.0"]; !reflect.DeepEqual(*got, want) {
			t.Errorf("%s\ngot  %+v\nwant %+v", text, *got, want)
		}
	}
}

func TestDecodeDuplicates(t *testing.T) {
	p := decode(t, `{"name":"x","name":"a","versions":{"9":{}},"versions":{"1":{"license":"A"},"2":{},"1":{"license":"B"},"3":{},"3":null,"4":5}}`)
	if p.Name != "a" || strings.Join(p.Order, " ") != "1 2" || len(p.Versions) != 2 || p.Versions["1"].License != "B" {
		t.Errorf("%+v %v", p, p.Versions)
	}
}

func TestDecodeTimes(t *testing.T) {
	p := decode(t, `{"time":{"a":"2020-01-02T03:04:05Z","b":"2020-01-02T03:04:05.678","c":"2020-01-02 03:04:05","d":"2020-01-02","e":5,"f":"soon","g":"2020-01-02T05:04:05.000+0200"}}`)
	if len(p.Time) != 5 || !p.Time["g"].Equal(p.Time["a"]) || !p.Time["c"].Equal(p.Time["a"]) {
		t.Errorf("%v", p.Time)
	}
	if p := decode(t, `{"time":[]}`); len(p.Time) != 0 {
		t.Errorf("%v", p.Time)
	}
}

func TestDecodeRefuses(t *testing.T) {
	many := strings.Repeat(`"1":{},`, maxVersions+1)
	for _, text := range []string{
		"", " ", "null", "[]", `"a"`, "5", "{", `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{"a":1,}`, `{,}`, `{"a" 1}`, `{a:1}`, `{}x`, `{}{}`, "\uFEFF{}",
		`{"a":tru}`, `{"a":truex}`, `{"a":01}`, `{"a":-}`, `{"a":1.}`, `{"a":1e}`, `{"a":.5}`, `{"a":+1}`, `{"a":"\x"}`, `{"a":"\u12"}`, `{"a":"\u12zz"}`,
		"{\"a\":\"\n\"}", `{"a":"`, `{"a":"\`, `{"a":[1,]}`, `{"a":[1 2]}`, `{"a":[}`, `{"a":'b'}`, `{"versions":{"1":{"dist":{"tarball":"x"`,
		`{"versions":{"1":{"license":[}}}`, `{"a":` + strings.Repeat("[", 10_000), `{"a":` + strings.Repeat("[", maxDepth) + strings.Repeat("]", maxDepth) + "}",
		`{"versions":{` + many[:len(many)-1] + "}}",
	} {
		_, err := Decode([]byte(text), "")
		var s *SyntaxError
		if !errors.As(err, &s) {
			t.Errorf("%.60q: %v", text, err)
		}
	}
}

// TestDecodeRecorded reads the recorded packuments where they are.
func TestDecodeRecorded(t *testing.T) {
	files, _ := filepath.Glob("/work/shared/corpus/packuments/*.json")
	if len(files) == 0 {
		t.Skip("SKIPPED: no recorded packuments on this machine")
	}
	for _, f := range files {
		body, err := os.ReadFile(f) //nolint:gosec // a test's own
		if err != nil {
			t.Fatal(err)
		}
		agree(t, body)
	}
}

// agree compares a decoded document with what encoding/json makes of it.
func agree(t *testing.T, body []byte) {
	t.Helper()
	p, err := Decode(body, "")
	var all map[string]any
	err2 := json.Unmarshal(body, &all)
	if (err == nil) != (err2 == nil) {
		if deep(err) || deep(err2) {
			return
		}
		t.Fatalf("%v, and encoding/json %v: %.200q", err, err2, body)
	}
	if err != nil {
		return
	}
	versions, _ := all["versions"].(map[string]any)
	n := 0
	for v, m := range versions {
		doc, ok := m.(map[string]any)
		if !ok {
			continue
		}
		n++
		same(t, p.Versions[v], doc)
	}
	if n != len(p.Versions) || n != len(p.Order) {
		t.Errorf("%d versions, %d in order, want %d", len(p.Versions), len(p.Order), n)
	}
}

func deep(err error) bool {
	return err != nil && strings.Contains(err.Error(), "deep") || err != nil && strings.Contains(err.Error(), "depth")
}

func same(t *testing.T, m *Manifest, doc map[string]any) {
	t.Helper()
	if m == nil {
		t.Fatal("a version is missing")
	}
	text := func(v any) string { s, _ := v.(string); return s }
	dist, _ := doc["dist"].(map[string]any)
	for what, pair := range map[string][2]string{
		"name": {m.Name, text(doc["name"])}, "version": {m.Version, text(doc["version"])},
		"integrity": {m.Dist.Integrity, text(dist["integrity"])}, "tarball": {m.Dist.Tarball, text(dist["tarball"])},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s %q, want %q", what, pair[0], pair[1])
		}
	}
	deps, _ := doc["dependencies"].(map[string]any)
	if len(deps) != len(m.Dependencies) {
		t.Errorf("%d dependencies, want %d", len(m.Dependencies), len(deps))
	}
	for _, d := range m.Dependencies {
		if s, ok := deps[d.Name].(string); ok && s != d.Value {
			t.Errorf("%s is %q, want %q", d.Name, d.Value, s)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"name":"a","versions":{"1":{"name":"a","version":"1","dependencies":{"b":"\u00e4\ud800"},"dist":{"tarball":"t","integrity":"i"}}},"time":{"1":"2020-01-01"}}`))
	f.Add([]byte(`{"a":[1,-0.5e+7,true,false,null,{"b":"\\\"\/"}],"versions":{"1":5,"1":{}}}`))
	f.Add([]byte("{\"versions\":{\"\xff\":{},\"\xfe\":{}}}"))
	f.Fuzz(func(t *testing.T, body []byte) {
		agree(t, body)
		if cut, err := Cut(body, Cutting{Tarball: func(_, u string) string { return u + "x" }}); err == nil {
			if !json.Valid(cut) {
				t.Errorf("cut to what is no JSON: %q", cut)
			}
		}
	})
}

// TestRare: what is rare costs nothing where it is absent, and once where it is
// the same.
func TestRare(t *testing.T) {
	p, err := Decode([]byte(`{"versions":{"1":{"os":["linux"]},"2":{"os":["linux"]},"3":{},"4":{"os":["linux"],"cpu":[]},"5":{"os":["linux"]}}}`), "")
	if err != nil {
		t.Fatal(err)
	}
	v := p.Versions
	if v["1"].Rare == nil || v["1"].Rare != v["2"].Rare || v["3"].Rare != nil || v["5"].More().OS[0] != "linux" || (*Manifest)(nil).More().OS != nil {
		t.Errorf("%v %v %v", v["1"].Rare, v["2"].Rare, v["3"].Rare)
	}
	if size := unsafe.Sizeof(Manifest{}); size > 432 {
		t.Errorf("a manifest is %d bytes; there are some hundred thousand of them", size)
	}
}

func TestUntimed(t *testing.T) {
	p, err := Decode([]byte(`{"name": "a", "time": {"1.0.0": "2020-13-45T00:00:00Z", "2.0.0": "", "3.0.0": "Tue, 02 Jun 2020 10:00:00 GMT", "4.0.0": "soon", "4.0.0": "2020-01-01T00:00:00Z"}}`), "")
	if err != nil || len(p.Untimed) != 1 || !p.Untimed["1.0.0"] || len(p.Time) != 2 || p.Time["3.0.0"].Month() != 6 {
		t.Errorf("got %v, %v, %v", p.Untimed, p.Time, err)
	}
}
