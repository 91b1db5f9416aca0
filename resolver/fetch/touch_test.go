package fetch

import (
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestTouch: what stays as it is is not written again at every word of the
// server's.
func TestTouch(t *testing.T) {
	control := "max-age=1"
	srv := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Cache-Control", control)
		if r.Header.Get("If-None-Match") != "" {
			w.WriteHeader(http.StatusNotModified)
		}
	})
	o := quick()
	o.Store = newStore(t)
	now := time.Unix(1_800_000_000, 0)
	o.Now = func() time.Time { return now }
	kept := func(r Request) string {
		t.Helper()
		r.URL = srv.URL + "/x"
		if _, err := do(t, New(o), r); err != nil {
			t.Fatal(err)
		}
		files, _ := filepath.Glob(filepath.Join(o.Store.Dir(), area, "*", "*"))
		if len(files) != 1 {
			t.Fatal(files)
		}
		text, _ := os.ReadFile(files[0])
		return string(text)
	}
	first := kept(Request{})
	for _, c := range []struct {
		what    string
		r       Request
		later   time.Duration
		control string
		written bool
	}{
		{"soon", Request{}, time.Hour, "max-age=1", false},
		{"other headers", Request{}, time.Hour, "max-age=2", true},
		{"by age", Request{Fresh: time.Minute}, time.Hour, "max-age=2", true},
		{"the next day", Request{}, 25 * time.Hour, "max-age=2", true},
		{"the clock was put back", Request{}, -48 * time.Hour, "max-age=2", true},
	} {
		now, control = now.Add(c.later), c.control
		next := kept(c.r)
		if (next != first) != c.written {
			t.Errorf("%s: %s, before %s", c.what, next, first)
		}
		first = next
	}
}
