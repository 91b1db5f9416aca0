package registry

import (
	"context"
	"os"
	"testing"
	"time"

	"gpq/resolver/fetch"
	"gpq/resolver/store"
)

// TestLive asks the real registry; only by hand.
func TestLive(t *testing.T) {
	if os.Getenv("GPQ_LIVE") == "" {
		t.Skip("GPQ_LIVE is not set: the real registry is not asked")
	}
	s, err := store.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f := fetch.New(fetch.Options{Store: s, Now: time.Now})
	c := New(f, Options{})
	for _, name := range []string{"express", "@babel/core", "next", "typescript"} {
		p, err := c.Packument(context.Background(), name)
		if err != nil {
			t.Fatal(err)
		}
		r, err := c.Raw(context.Background(), name)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(name, len(p.Versions), p.DistTags["latest"], len(r.Body), r.Header)
	}
	_, err = c.Packument(context.Background(), "this-is-not-there-gpq")
	t.Log(err)
	t.Logf("%+v", f.Stats())
}
