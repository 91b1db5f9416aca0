package advisory_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gpq/checks/advisory"
)

// many are n times the same, with the number in it, as a JSON list.
func many(n int, form string) string {
	var b strings.Builder
	for i := range n {
		_, _ = fmt.Fprintf(&b, form+",", i)
	}
	return "[" + strings.TrimSuffix(b.String(), ",") + "]"
}

// flood answers OSV's two questions with these.
func flood(t *testing.T, batch func(queries int) string, record string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // of this test
		if strings.HasSuffix(r.URL.Path, "querybatch") {
			_, _ = io.WriteString(w, batch(strings.Count(string(body), `"version"`)))
			return
		}
		id := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		_, _ = io.WriteString(w, strings.ReplaceAll(record, "ID", id))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// TestMoreThanThereCanBe: an answer without measure is no answer, and what it
// names counts all the same.
func TestMoreThanThereCanBe(t *testing.T) {
	per := func(hits string) func(int) string {
		return func(n int) string {
			return `{"results":` + strings.ReplaceAll(many(n, `{"vulns":HITS,"n":%d}`), "HITS", hits) + `}`
		}
	}
	for name, batch := range map[string]func(int) string{
		"ids of one version": per(many(2_001, `{"id":"X-%d"}`)),
		"results":            func(int) string { return `{"results":` + many(5_000, `{"n":%d}`) + `}` },
	} {
		r := one(t, osvOnly(flood(t, batch, `{}`)), "a@1.0.0")
		if r.OSV.Err == nil {
			t.Errorf("%s: OSV is taken to have answered", name)
		}
	}
	var specs []string
	for i := range 11 {
		specs = append(specs, fmt.Sprintf("a%d@1.0.0", i))
	}
	c := osvOnly(flood(t, per(many(1_000, `{"id":"MAL-%d"}`)), `{"id":"ID","affected":[]}`))
	for q, r := range c.Reports(context.Background(), asks(specs...)) {
		if r.OSV.Err == nil || len(r.Records) > 1_000 {
			t.Errorf("%s: %d records, %v", q.Name, len(r.Records), r.OSV.Err)
		}
	}
}

// listing answers as a registry's advisories endpoint.
type listing string

func (b listing) Advisories(context.Context, string, map[string][]string) ([]byte, error) {
	return []byte(b), nil
}

func TestBulkWithoutMeasure(t *testing.T) {
	for body, ok := range map[string]bool{
		`{}`: true, `null`: true, `{"a":[]}`: true, `{"a":null}`: true, `{"b":5,"a":[{"id":1,"title":"t"}]}`: true,
		`{"a":` + many(2_001, `{"id":%d}`) + `}`: false, `{"a":{}}`: false, `{"a":[5]}`: false,
		`[]`: false, `{} {}`: false, `{"a":[`: false, `{"a":[]`: false, ``: false,
	} {
		r := one(t, client("", listing(body), nil), "a@1.0.0")
		if (r.Registry.Err == nil) != ok {
			t.Errorf("%.60s: %v", body, r.Registry.Err)
		}
	}
	if r := one(t, client("", listing(`{"c":[{"id":1}],"a":[{"id":7,"title":"Malware in a","vulnerable_versions":"*"}]}`), nil), "a@1.0.0"); ids(r) != "npm-7 malware" {
		t.Errorf("got %s", ids(r))
	}
}

var _ advisory.Registries = listing("")
