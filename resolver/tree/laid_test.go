package tree

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// TestLaid: what npm would run something for is found wherever npm finds it.
func TestLaid(t *testing.T) {
	root := t.TempDir()
	runs := `{"name": "x", "version": "1.0.0", "scripts": {"postinstall": "y"}}`
	for name, text := range map[string]string{
		"package.json":                                       runs,
		"node_modules/plain/package.json":                    `{"name": "plain", "scripts": {"test": "y"}}`,
		"node_modules/a/package.json":                        runs,
		"node_modules/a/node_modules/@s/b/package.json":      runs,
		"node_modules/gyp/binding.gyp":                       "{}",
		"node_modules/.pnpm/c@1/node_modules/c/package.json": runs,
		"node_modules/.hidden/package.json":                  runs,
		"packages/w/package.json":                            runs,
		"packages/w/node_modules/d/package.json":             runs,
		"packages/node_modules/e/package.json":               runs,
		"vendor/v/package.json":                              runs,
		"vendor/v/node_modules/f/package.json":               runs,
		"node_modules/.package-lock.json": `{"lockfileVersion": 3, "packages": {"node_modules/.hidden": {"version": "1.0.0"},
			"node_modules/plain": {"version": "1.0.0", "scripts": {"install": "z"}}}}`,
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range map[string]string{"node_modules/c": ".pnpm/c@1/node_modules/c", "node_modules/v": "../vendor/v", "node_modules/round": ".."} {
		if err := os.Symlink(to, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	got := Laid(root, []string{filepath.Join(root, "packages/w")})
	var folders []string
	for _, f := range got.Folders {
		folders = append(folders, f.Folder)
	}
	want := []string{"node_modules/.hidden", "node_modules/.pnpm/c@1/node_modules/c", "node_modules/a", "node_modules/a/node_modules/@s/b",
		"node_modules/gyp", "packages/node_modules/e", "packages/w/node_modules/d", "vendor/v/node_modules/f"}
	if !slices.Equal(folders, want) {
		t.Errorf("got  %v\nwant %v", folders, want)
	}
	if len(got.Runs) != 1 || got.Runs[0].Why != "install «z»" {
		t.Errorf("the record: %+v", got.Runs)
	}
}
