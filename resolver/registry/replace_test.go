package registry

import (
	"context"
	"testing"
)

func TestFrom(t *testing.T) {
	for _, test := range []struct{ base, replace, address, want string }{
		{"https://m.example/", "", "https://registry.npmjs.org/a/-/a-1.tgz", "https://m.example/a/-/a-1.tgz"},
		{"https://m.example/", "npmjs", "https://registry.npmjs.org/@s%2fa/-/a-1.tgz?x=1", "https://m.example/@s%2fa/-/a-1.tgz?x=1"},
		{"http://m.example:4873/npm/", "", "https://registry.npmjs.org/a/-/a-1.tgz", "http://m.example:4873/npm/a/-/a-1.tgz"},
		{"https://m.example/npm/", "", "https://registry.npmjs.org/npm/-/npm-1.tgz", "https://m.example/npm/-/npm-1.tgz"}, // as npm does it
		{"https://m.example/npm/", "", "https://registry.npmjs.org/npm-a/-/a-1.tgz", "https://m.example/npm/npm-a/-/a-1.tgz"},
		{"https://m.example/", "", "https://other.example/a/-/a-1.tgz", "https://other.example/a/-/a-1.tgz"},
		{"https://m.example/", "never", "https://registry.npmjs.org/a/-/a-1.tgz", "https://registry.npmjs.org/a/-/a-1.tgz"},
		{"https://m.example/", "always", "https://other.example/a/-/a-1.tgz", "https://m.example/a/-/a-1.tgz"},
		{"https://m.example/", "Other.example", "https://other.example/a/-/a-1.tgz", "https://m.example/a/-/a-1.tgz"},
		{"https://m.example/npm/", "https://other.example/old/", "https://other.example/old/a/-/a-1.tgz", "https://m.example/npm/a/-/a-1.tgz"},
		{"https://m.example/npm/", "https://other.example/old/", "https://other.example/older/a-1.tgz", "https://other.example/older/a-1.tgz"},
		{"https://u:p@m.example/", "", "https://registry.npmjs.org/a/-/a-1.tgz", "https://m.example/a/-/a-1.tgz"},
		{"", "", "https://registry.npmjs.org/a/-/a-1.tgz", "https://registry.npmjs.org/a/-/a-1.tgz"},
		{"https://m.example/", "always", "file:///etc/passwd", "file:///etc/passwd"},
		{"https://m.example/", "always", "no address", "no address"},
	} {
		c := New(nil, Options{Default: test.base, ReplaceHost: test.replace})
		if got := c.from(test.address); got != test.want {
			t.Errorf("%s behind %s (%s): %s, want %s", test.address, test.base, test.replace, got, test.want)
		}
	}
}

func TestTarballFromAMirror(t *testing.T) {
	s := newSite(t)
	s.pages["/a/-/a-1.0.0.tgz"] = "bytes"
	c := newClient(t, Options{Default: s.URL + "/"})
	got, err := c.Tarball(context.Background(), "https://registry.npmjs.org/a/-/a-1.0.0.tgz", "")
	if err != nil || got.Size != 5 || s.count("/a/-/a-1.0.0.tgz") != 1 {
		t.Errorf("%+v, %v: the mirror was not asked", got, err)
	}
}
