package registry

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestServices(t *testing.T) {
	s := newSite(t)
	s.pages["/-/npm/v1/attestations/@s%2fa@1.0.0"] = "bundles"
	s.pages["/base/-/npm/v1/attestations/a@1.0.0"] = "default"
	s.pages["/base/-/npm/v1/keys"] = "keys"
	s.pages["/base/-/npm/v1/security/advisories/bulk"] = "advisories"
	c := newClient(t, Options{Authorization: func(url string) string {
		if strings.HasPrefix(url, s.URL) {
			return "Bearer x"
		}
		t.Errorf("a credential for %s", url)
		return ""
	}})
	ctx, base := context.Background(), s.URL+"/base/"
	for claimed, want := range map[string]string{
		"https://evil.example/-/npm/v1/attestations/@s%2fa@1.0.0":         "bundles",
		"https://u:p@evil.example/-/npm/v1/attestations/@s%2fa@1.0.0?x#y": "bundles",
		"": "default",
	} {
		if b, err := c.Attestations(ctx, base, "a", "1.0.0", claimed); string(b) != want || err != nil {
			t.Errorf("%q: %q %v", claimed, b, err)
		}
	}
	for claimed, want := range map[string]error{"https://x.example/none": ErrNotFound, "%": ErrUnreadable, "https://x.example": ErrUnreadable, "mailto:x": ErrUnreadable} {
		if _, err := c.Attestations(ctx, base, "a", "1.0.0", claimed); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", claimed, err, want)
		}
	}
	if b, err := c.Keys(ctx, base); string(b) != "keys" || err != nil {
		t.Errorf("%q %v", b, err)
	}
	if _, err := c.Keys(ctx, s.URL); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if b, err := c.Advisories(ctx, base, map[string][]string{"a": {"1.0.0"}}); string(b) != "advisories" || err != nil {
		t.Errorf("%q %v", b, err)
	}
}

func TestAdvisoriesQuestion(t *testing.T) {
	var got map[string][]string
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		z, err := gzip.NewReader(r.Body)
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s %v %v", r.Method, r.Header, err)
			return
		}
		_ = json.NewDecoder(z).Decode(&got)
	}))
	defer srv.Close()
	if _, err := newClient(t, Options{}).Advisories(context.Background(), srv.URL, map[string][]string{"a": {"1", "2"}}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got) != "map[a:[1 2]]" {
		t.Error(got)
	}
}

func TestCut(t *testing.T) {
	full := `{"name":"a","readme":"r","_rev":"1","dist-tags":{"latest":"1"},"time":{"modified":"2020","1":"2019"},"maintainers":[],
	"versions":{"1":{"name":"a","version":"1","scripts":{"install":"x"},"description":"d","dependencies":{"b":"1"},"dist":{"tarball":"T1","integrity":"i"},"dist":{"tarball":"T\u0032","integrity":"j"}},
	"2":{"version":"2","scripts":{"test":"x"},"dist":null,"hasInstallScript":false},"3":null,"4":{"x":1}},"versions-x":1}`
	for name, test := range map[string]struct {
		c    Cutting
		want string
	}{
		"abbreviated": {Cutting{}, `{"name":"a","dist-tags":{"latest":"1"},"modified":"2020","versions":{"1":{"name":"a","version":"1","dependencies":{"b":"1"},"dist":{"tarball":"T\u0032","integrity":"j"},"hasInstallScript":true},"2":{"version":"2"},"4":{}}}`},
		"chosen, led elsewhere": {Cutting{Keep: func(v string) bool { return v == "1" }, Tarball: func(v, u string) string { return v + "<" + u + ">" }},
			`{"name":"a","dist-tags":{"latest":"1"},"modified":"2020","versions":{"1":{"name":"a","version":"1","dependencies":{"b":"1"},"dist":{"tarball":"1<T2>","integrity":"j"},"hasInstallScript":true}}}`},
		"full": {Cutting{Full: true, Keep: func(v string) bool { return v == "4" }}, `{"name":"a","readme":"r","_rev":"1","dist-tags":{"latest":"1"},"time":{"modified":"2020","1":"2019"},"maintainers":[],"versions":{"4":{"x":1}},"versions-x":1}`},
	} {
		got, err := Cut([]byte(full), test.c)
		if err != nil {
			t.Fatal(err)
		}
		var a, b any
		if json.Unmarshal(got, &a) != nil || json.Unmarshal([]byte(test.want), &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s:\n%s\n%s", name, got, test.want)
		}
	}
	for _, bad := range []string{"", "[]", "{", "{}x", `{"versions":{"1":{]}}`} {
		if _, err := Cut([]byte(bad), Cutting{}); err == nil {
			t.Errorf("%q is cut", bad)
		}
	}
	if out, err := Cut([]byte(`{"versions":5}`), Cutting{}); err != nil || !bytes.Equal(out, []byte(`{"versions":{}}`)) {
		t.Errorf("%s %v", out, err)
	}
}
