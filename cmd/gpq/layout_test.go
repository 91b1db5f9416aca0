package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// order is the one direction in which data runs: a package imports only
// packages of a later line, or those its own line allows by name. Folders
// below a named one (test helpers aside) count as that one.
var order = [][]string{
	{"cmd"},
	{"shim/guard", "prompt/report"},
	{"shim", "prompt"},
	{"checks/policy"},
	{"checks"},
	{"checks/attest", "checks/domain", "checks/advisory", "checks/downloads", "checks/names"},
	{"checks/service"},
	{"resolver"},
	{"resolver/tree"},
	{"resolver/pick", "resolver/lockfile", "resolver/npmrc"},
	{"resolver/spec"},
	{"resolver/semver"},
	{"resolver/registry"},
	{"resolver/fetch"},
	{"resolver/store"},
	{"testdata"},
}

// doors: each named library comes in through one package.
var doors = map[string]string{
	"github.com/urfave/cli":          "cmd/gpq",
	"github.com/AlecAivazis/survey":  "prompt",
	"github.com/sigstore/":           "checks/attest",
	"github.com/theupdateframework/": "checks/attest",
	"github.com/Masterminds/semver":  "resolver/semver",
	"os/exec":                        "shim",
}

func TestImportsGoOneWay(t *testing.T) {
	files := 0
	for pkg, imports := range productImports(t) {
		files++
		for _, imp := range imports {
			inner, ours := strings.CutPrefix(imp, "gpq/")
			if !ours || isFake(inner) {
				continue
			}
			from, to := level(pkg), level(inner)
			if to < 0 {
				t.Errorf("%s imports %s, which has no place in the order", pkg, inner)
			}
			if from >= to && !within(pkg, inner) {
				t.Errorf("%s imports %s: against the pipeline's direction", pkg, inner)
			}
		}
	}
	if files < 10 {
		t.Fatalf("only %d packages were read: the test looks in the wrong place", files)
	}
}

func TestLibrariesHaveOneDoor(t *testing.T) {
	seen := map[string]bool{}
	for pkg, imports := range productImports(t) {
		for _, imp := range imports {
			for lib, door := range doors {
				if !strings.HasPrefix(imp, lib) {
					continue
				}
				seen[lib] = true
				if pkg != door && !strings.HasPrefix(pkg, door+"/") {
					t.Errorf("%s imports %s: its door is %s", pkg, imp, door)
				}
			}
		}
	}
	for lib := range doors {
		if !seen[lib] {
			t.Errorf("nobody imports %s: the rule proves nothing", lib)
		}
	}
}

func TestShimAndPromptDoNotMeet(t *testing.T) {
	for pkg, imports := range productImports(t) {
		for _, imp := range imports {
			a, b := strings.Split(pkg, "/")[0], strings.Split(strings.TrimPrefix(imp, "gpq/"), "/")[0]
			if (a == "shim" && b == "prompt") || (a == "prompt" && b == "shim") {
				t.Errorf("%s imports %s", pkg, imp)
			}
		}
	}
}

// level is a package's line in order, by its longest named prefix; -1 if none.
func level(pkg string) int {
	for p := pkg; p != "."; p = path.Dir(p) {
		for i, line := range order {
			for _, name := range line {
				if name == p {
					return i
				}
			}
		}
	}
	return -1
}

// within: a folder and the folders in it may use each other downwards.
func within(pkg, inner string) bool {
	return strings.HasPrefix(inner, pkg+"/") && level(pkg) == level(inner)
}

// productImports reads the imports of every file that is no test, by package
// path inside the module. It parses the files rather than ask the go command,
// whose answer the test cache would keep.
func productImports(t *testing.T) map[string][]string {
	t.Helper()
	root := moduleRoot(t)
	found := map[string][]string{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return skipFolder(d.Name())
		}
		rel, _ := filepath.Rel(root, file)
		pkg := filepath.ToSlash(filepath.Dir(rel))
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") || isFake(pkg) {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, imp := range f.Imports {
			p, _ := strconv.Unquote(imp.Path.Value)
			if f.Name.Name == "main" && !strings.HasPrefix(pkg, "cmd/") { // generators
				continue
			}
			found[pkg] = append(found[pkg], p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// isFake: a stand-in lives in a …test package and may use what it stands in
// for; gpq demo and gpq doctor put on their plays with them.
func isFake(pkg string) bool {
	for part := range strings.SplitSeq(pkg, "/") {
		if strings.HasSuffix(part, "test") && part != "attest" {
			return true
		}
	}
	return false
}

func skipFolder(name string) error {
	if name == "testdata" || name == "node_modules" || (strings.HasPrefix(name, ".") && name != ".") {
		return fs.SkipDir
	}
	return nil
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}
