package registrytest

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestServices(t *testing.T) {
	s := New(t, Options{Now: noon}, story)
	for _, c := range []struct{ path, body, want string }{
		{"-/npm/v1/security/advisories/bulk", `{"@s/left":["1.0.0"],"x":["1"]}`, `{"@s/left":[{"id":7,"title":"bad"}]}`},
		{"-/npm/v1/security/advisories/bulk", `{"@s/left":["1.1.0"]}`, `{}`},
		{"v1/querybatch", `{"queries":[{"version":"1.0.0","package":{"name":"x","ecosystem":"npm"}},{"version":"1.1.0","package":{"name":"@s/left","ecosystem":"npm"}}]}`,
			`{"results":[{},{"vulns":[{"id":"MAL-1","modified":"2026-11-20T12:00:00.000Z"},{"id":"GHSA-2","modified":"2026-11-20T12:00:00.000Z"}]}]}`},
		{"v1/querybatch", `{"queries":[{"version":"1.0.0","package":{"name":"@s/left","ecosystem":"PyPI"}}]}`, `{"results":[{}]}`},
	} {
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+c.path, strings.NewReader(c.body))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(res.Body)
		res.Body.Close()
		if string(got) != c.want {
			t.Errorf("%s: %s, want %s", c.body, got, c.want)
		}
	}
	if _, body := get(t, s.URL+"downloads/point/last-week/@s/left"); at(decode(t, body), "downloads") != 12.0 {
		t.Errorf("downloads: %s", body)
	}
	_, body := get(t, s.URL+"v1/vulns/MAL-1")
	if doc := decode(t, body); at(doc, "summary") != "evil" || at(doc, "affected", 0, "versions", 0) != "1.1.0" || at(doc, "versions") != nil {
		t.Errorf("OSV record: %s", body)
	}
	if res, _ := get(t, s.URL+"v1/vulns/MAL-2"); res.StatusCode != http.StatusNotFound {
		t.Error("an unknown record was found")
	}
}
