package registry

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"maps"
	"testing"
)

// TestFileSums: every file by the name that npm lays it down under, the later of
// two.
func TestFileSums(t *testing.T) {
	got, err := FileSums(bytes.NewReader(pack(t, file{name: "a/package.json", text: "p"}, file{name: "a/x/y.js", text: "1"}, file{name: "a/x/y.js", text: "2"})))
	want := map[string][sha256.Size]byte{"package.json": sha256.Sum256([]byte("p")), "x/y.js": sha256.Sum256([]byte("2"))}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v %v", got, err)
	}
	var broken *MalformedError
	if _, err := FileSums(bytes.NewReader([]byte("no archive"))); !errors.As(err, &broken) {
		t.Errorf("no archive: %v", err)
	}
}
