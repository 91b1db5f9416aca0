package registrytest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

// get asks the server and gives the answer whole.
func get(t *testing.T, url string, header ...string) (*http.Response, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, body
}

func decode(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return m
}

// at walks into nested mappings and lists.
func at(v any, path ...any) any {
	for _, p := range path {
		switch k := p.(type) {
		case string:
			m, _ := v.(map[string]any)
			v = m[k]
		case int:
			l, _ := v.([]any)
			if k >= len(l) {
				return nil
			}
			v = l[k]
		}
	}
	return v
}

const story = `The story.
-- packument --
name: "@s/left"
maintainers: [ann, {name: bob, email: bob@example.org}]
downloads: 12
versions:
  1.0.0: {time: 2020-01-02T03:04:05Z}
  1.1.0: {time: -2h, publisher: bob, dependencies: {right: 1}, scripts: {postinstall: node x.js}, pad: {big.js: 5000}}
  0.9.9: {time: -30m, trusted: "oidc:1", approver: ann, attestations: {kind: x}, signed: bad}
  2.0.0-rc.1: {removed: true, time: -1d}
advisories: [{id: 7, title: bad, versions: [1.0.0]}]
osv: [{id: MAL-1, summary: evil, versions: [1.1.0]}, {id: GHSA-2, database_specific: {severity: LOW}}]
-- 1.1.0/meta --
patch: {license: null, dist: {unpackedSize: 9}}
-- 1.0.0/package.json --
{"name": "@s/left", "version": "6.6.6"}
-- */readme.md --
read me
-- want --
publisher-changed: flagged
`

func TestPackument(t *testing.T) {
	s := New(t, Options{Now: noon}, story)
	_, body := get(t, s.URL+"@s%2fleft")
	doc := decode(t, body)
	for _, c := range []struct {
		want any
		path []any
	}{
		{"1.1.0", []any{"dist-tags", "latest"}},
		{"2020-01-02T03:04:05.000Z", []any{"time", "1.0.0"}},
		{"2026-11-20T10:00:00.000Z", []any{"time", "1.1.0"}},
		{"2026-11-19T12:00:00.000Z", []any{"time", "2.0.0-rc.1"}},
		{nil, []any{"versions", "2.0.0-rc.1"}},
		{"2026-11-20T11:30:00.000Z", []any{"time", "modified"}},
		{"bob@example.org", []any{"versions", "1.1.0", "_npmUser", "email"}},
		{"ann", []any{"versions", "1.0.0", "_npmUser", "name"}},
		{"ann@example.com", []any{"maintainers", 0, "email"}},
		{"oidc:1", []any{"versions", "0.9.9", "_npmUser", "trustedPublisher", "oidcConfigId"}},
		{"ann", []any{"versions", "0.9.9", "_npmUser", "approver", "name"}},
		{"1", []any{"versions", "1.1.0", "dependencies", "right"}},
		{nil, []any{"versions", "1.1.0", "license"}},
		{"MIT", []any{"versions", "0.9.9", "license"}},
		{9.0, []any{"versions", "1.1.0", "dist", "unpackedSize"}},
		{"1.0.0", []any{"versions", "1.0.0", "version"}}, // the tarball says 6.6.6
		{s.URL + "@s/left/-/left-1.1.0.tgz", []any{"versions", "1.1.0", "dist", "tarball"}},
		{s.URL + "-/npm/v1/attestations/@s%2fleft@0.9.9", []any{"versions", "0.9.9", "dist", "attestations", "url"}},
	} {
		if got := at(doc, c.path...); got != c.want {
			t.Errorf("%v = %v, want %v", c.path, got, c.want)
		}
	}
	if _, plain := get(t, s.URL+"@s/left"); !bytes.Equal(plain, body) {
		t.Error("the two ways to write a scoped name differ")
	}
	if i, j := bytes.Index(body, []byte(`"1.1.0":{`)), bytes.Index(body, []byte(`"0.9.9":{`)); i < 0 || i > j {
		t.Error("versions are not in the archive's order")
	}
}

func TestAbbreviated(t *testing.T) {
	const accept = "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"
	s := New(t, Options{Now: noon}, story)
	res, body := get(t, s.URL+"@s%2fleft", "Accept", accept)
	if kind := res.Header.Get("Content-Type"); kind != "application/vnd.npm.install-v1+json" {
		t.Errorf("content type %q", kind)
	}
	doc := decode(t, body)
	v := at(doc, "versions", "1.1.0").(map[string]any)
	if v["hasInstallScript"] != true || v["scripts"] != nil || v["_npmUser"] != nil || doc["time"] != nil {
		t.Errorf("abbreviated: %s", body)
	}
	full := New(t, Options{Now: noon, FullOnly: true}, story)
	if res, _ := get(t, full.URL+"@s%2fleft", "Accept", accept); res.Header.Get("Content-Type") != "application/json" {
		t.Error("FullOnly abbreviates")
	}
}

func TestMirror(t *testing.T) {
	s := New(t, Options{Now: noon, Mode: Mirror}, story)
	_, body := get(t, s.URL+"@s%2fleft")
	for _, field := range []string{"_npmUser", "maintainers", "signatures", "attestations"} {
		if bytes.Contains(body, []byte(`"`+field+`"`)) {
			t.Errorf("a mirror shows %s", field)
		}
	}
	for _, path := range []string{"-/npm/v1/keys", "-/npm/v1/attestations/@s%2fleft@0.9.9"} {
		if res, _ := get(t, s.URL+path); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}

func TestTarball(t *testing.T) {
	s := New(t, Options{Now: noon}, story)
	_, body := get(t, s.URL+"@s/left/-/left-1.1.0.tgz")
	sum := sha512.Sum512(body)
	_, integrity, _ := s.Tarball("@s/left", "1.1.0")
	if want := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); integrity != want {
		t.Errorf("integrity %s, want %s", integrity, want)
	}
	again := New(t, Options{Now: noon.Add(time.Hour)}, story)
	if other, _, _ := again.Tarball("@s/left", "1.1.0"); !bytes.Equal(other, body) {
		t.Error("the same archive gave other bytes")
	}
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err != nil {
			break
		}
		names = append(names, h.Name)
	}
	if got := strings.Join(names, " "); got != "package/package.json package/big.js package/index.js package/readme.md" {
		t.Errorf("files: %s", got)
	}
}

func TestSignatures(t *testing.T) {
	s := New(t, Options{Now: noon}, story)
	text, _ := s.Packument("@s/left")
	doc := decode(t, text)
	for version, valid := range map[string]bool{"1.0.0": true, "0.9.9": false} {
		dist := at(doc, "versions", version, "dist")
		sig, err := base64.StdEncoding.DecodeString(at(dist, "signatures", 0, "sig").(string))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte("@s/left@" + version + ":" + at(dist, "integrity").(string)))
		if got := ecdsa.VerifyASN1(&s.Key().Private.PublicKey, sum[:], sig); got != valid {
			t.Errorf("%s: signature valid is %v", version, got)
		}
	}
	_, body := get(t, s.URL+"-/npm/v1/keys")
	if keys := at(decode(t, body), "keys").([]any); len(keys) != 2 || at(keys[1], "keyid") != s.Key().ID {
		t.Errorf("keys: %s", body)
	}
}

func TestAttestations(t *testing.T) {
	var asked Attest
	sign := func(a Attest) ([]byte, error) { asked = a; return []byte(`{"attestations":[]}`), nil }
	s := New(t, Options{Now: noon, Sign: sign}, story)
	res, body := get(t, s.URL+"-/npm/v1/attestations/@s%2fleft@0.9.9")
	if res.StatusCode != http.StatusOK || string(body) != `{"attestations":[]}` {
		t.Errorf("%d %s", res.StatusCode, body)
	}
	if asked.Spec["kind"] != "x" || asked.Version != "0.9.9" || asked.Key != s.Key() {
		t.Errorf("asked for %+v", asked)
	}
	if res, _ := get(t, s.URL+"-/npm/v1/attestations/@s%2fleft@1.0.0"); res.StatusCode != http.StatusNotFound {
		t.Error("attested without being asked to")
	}
}

func TestETagAndToken(t *testing.T) {
	s := New(t, Options{Now: noon, Token: "secret"}, story)
	if res, _ := get(t, s.URL+"@s%2fleft"); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without token: %d", res.StatusCode)
	}
	res, _ := get(t, s.URL+"@s%2fleft", "Authorization", "Bearer secret")
	tag := res.Header.Get("ETag")
	res, _ = get(t, s.URL+"@s%2fleft", "Authorization", "Bearer secret", "If-None-Match", tag)
	if res.StatusCode != http.StatusNotModified {
		t.Errorf("with ETag %s: %d", tag, res.StatusCode)
	}
	log := s.Log("/@s/*")
	if len(log) != 3 || log[2].Status != http.StatusNotModified || log[1].Header.Get("Authorization") != "Bearer secret" {
		t.Errorf("log: %+v", log)
	}
}

func TestParseRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"no name":       "-- packument --\nversions: {1.0.0: null}\n",
		"unknown field": "-- packument --\nname: a\nversion: 1.0.0\n",
		"outside":       "-- packument --\nname: a\n-- 1.0.0/../x --\n",
		"no version":    "-- packument --\nname: a\n-- readme --\n",
	} {
		if _, err := Load(text); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if _, err := Start(Options{Packages: load(t, "-- packument --\nname: a\nversions: {1.0.0: {time: yesterday}}\n")}); err == nil {
		t.Error("time: yesterday: taken")
	}
}

func load(t *testing.T, sources ...string) []*Package {
	t.Helper()
	p, err := Load(sources...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestHealthyPackages(t *testing.T) {
	pkgs := load(t, "../../testdata/registry")
	if len(pkgs) < 12 {
		t.Errorf("%d packages", len(pkgs))
	}
	names := map[string]bool{}
	for _, p := range pkgs {
		names[p.Name] = true
		if p.Comment == "" {
			t.Errorf("%s tells no story", p.File)
		}
	}
	if !names["@scope/tool"] {
		t.Error("no scoped package")
	}
	s := New(t, Options{Packages: pkgs, Now: noon})
	text, _ := s.Packument("twice")
	if got := at(decode(t, text), "dist-tags"); at(got, "latest") != "2.1.0" || at(got, "next") != "3.0.0-beta.1" {
		t.Errorf("dist-tags of twice: %v", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(story))
	f.Add([]byte("-- packument --\nname: a\n-- 1.0.0/meta --\npad: {a: 1}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := Parse("fuzz", data); err == nil && p.Name == "" {
			t.Error("a package without a name")
		}
	})
}
