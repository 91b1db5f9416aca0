package tree

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestWorkspaceFolders(t *testing.T) {
	root := t.TempDir()
	for file, text := range map[string]string{
		"package.json":            `{"name": "p", "workspaces": ["packages/*", "tools/x"]}`,
		"packages/a/package.json": `{"name": "@s/a"}`,
		"packages/b/package.json": `{"name": "b"}`,
		"tools/x/package.json":    `{"name": "x"}`,
	} {
		at := filepath.Join(root, file)
		if err := os.MkdirAll(filepath.Dir(at), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		cwd   string
		named []string
		want  []string
	}{
		{"", nil, []string{"packages/a", "packages/b", "tools/x"}},
		{"", []string{"@s/a"}, []string{"packages/a"}},
		{"", []string{"a"}, nil},
		{"", []string{"packages/b"}, []string{"packages/b"}},
		{"", []string{"./packages/b", "x"}, []string{"packages/b", "tools/x"}},
		{"", []string{"packages"}, []string{"packages/a", "packages/b"}},
		{"", []string{root + "/packages/a"}, []string{"packages/a"}},
		{"packages", []string{"a"}, []string{"packages/a"}},
		{"packages", []string{"b"}, []string{"packages/b"}},
		{"..", []string{"packages/a"}, []string{"packages/a"}},
		{"", []string{"nowhere"}, nil},
	} {
		got, err := WorkspaceFolders(root, filepath.Join(root, c.cwd), c.named)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		for _, w := range c.want {
			want = append(want, filepath.Join(root, w))
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("in %q, %q: %q, want %q", c.cwd, c.named, got, want)
		}
	}
}
