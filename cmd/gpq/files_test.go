package main

import (
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"gpq/resolver"
)

// TestSameFiles: npm reads tarballs of this machine from the disk. It does not
// run where one of them is no longer what was checked.
func TestSameFiles(t *testing.T) {
	sum := sha512.Sum512([]byte("checked"))
	integrity := resolver.Integrity("sha512-" + base64.StdEncoding.EncodeToString(sum[:]))
	for name, c := range map[string]struct {
		holds  string // of the file; "-" for none
		change func(*resolver.Item)
		runs   bool
	}{
		"the same":             {"checked", nil, true},
		"another":              {"changed", nil, false},
		"gone":                 {"-", nil, false},
		"without a digest":     {"checked", func(it *resolver.Item) { it.Integrity = "" }, false},
		"was there before":     {"changed", func(it *resolver.Item) { it.Change = resolver.Unchanged }, true},
		"of a registry":        {"changed", func(it *resolver.Item) { it.Registry, it.Tarball = "https://r.test/", "https://r.test/x.tgz" }, true},
		"by URL":               {"-", func(it *resolver.Item) { it.Tarball = "https://r.test/x.tgz" }, true},
		"a digest of the past": {"checked", func(it *resolver.Item) { it.Integrity = "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }, false},
	} {
		dir := t.TempDir()
		if c.holds != "-" {
			if err := os.WriteFile(filepath.Join(dir, "x.tgz"), []byte(c.holds), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		it := resolver.Item{Package: resolver.Package{Name: "x", Version: "1.0.0", Tarball: "file:x.tgz", Integrity: integrity}}
		if c.change != nil {
			c.change(&it)
		}
		err := (&session{}).sameFiles(t.Context(), &resolver.Plan{Request: resolver.Request{Dir: dir}, Items: []resolver.Item{it}})
		var e *exitError
		if (err == nil) != c.runs || err != nil && (!errors.As(err, &e) || e.code != exitRefused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
