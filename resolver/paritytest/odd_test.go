package paritytest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// oddFields and oddValues are what may stand anywhere in a package.json that no
// registry and no npm has looked at.
var (
	oddFields = strings.Fields("name version dependencies optionalDependencies devDependencies peerDependencies peerDependenciesMeta " +
		"bundleDependencies bundledDependencies engines os cpu libc bin scripts deprecated hasInstallScript _hasShrinkwrap acceptDependencies dist overrides workspaces")
	oddValues = []string{`null`, `true`, `false`, `5`, `-1.5`, `"x"`, `""`, `[]`, `["x"]`, `["b"]`, `[null]`, `[["b"]]`, `{}`, `{"b":null}`, `{"b":5}`,
		`{"b":true}`, `{"b":false}`, `{"b":["1"]}`, `{"b":{"x":1}}`, `{"b":{"optional":true}}`, `{"b":{"optional":"yes"}}`, `{"b":""}`, `{"b":"*"}`, `{"b":" ^1.0.0 "}`, `{"":"1"}`, `{" b":"1"}`, `{"../x":"1"}`,
		`{"constructor":"1"}`, `{"node":">=99"}`, `{"node":5}`, `{"node":">=1"}`, `{"b":"npm:"}`, `{"b":"npm:b@1"}`, `"linux"`, `"!linux"`, `["!linux"]`, `["any"]`, `[5]`, `"1.0.0"`, `"v1.0.0"`, `"1"`}
)

// TestOdd compares what npm and gpq make of fields of odd types: in what a
// registry says of a version, in what lies in node_modules, in the project's own.
func TestOdd(t *testing.T) {
	for _, n := range npms(t) {
		t.Run("npm"+n.major(), func(t *testing.T) {
			a := startArborist(t, n)
			for _, where := range []string{"registry", "node_modules", "project"} {
				t.Run(where, func(t *testing.T) {
					for i, field := range oddFields {
						for j, value := range oddValues {
							if testing.Short() || os.Getenv("GPQ_ODD") == "" && (i*len(oddValues)+j)%29 != 0 {
								continue
							}
							if (field == "name" || field == "version") && (!strings.HasPrefix(value, `"`) || value == `""`) {
								continue // npm copies it, whatever it is
							}
							if field == "bin" && strings.Contains("[null] [5] [[\"b\"]]", value) {
								continue // npm stumbles, and takes what is laid for unreadable
							}
							oddly(t, a, where, field, value)
						}
					}
				})
			}
		})
	}
}

func oddly(t *testing.T, a *arborist, where, field, value string) {
	t.Helper()
	odd := fmt.Sprintf(`{"name":"a","version":"1.0.0","dist":{"tarball":"https://registry.invalid/a.tgz"},%q:%s}`, field, value)
	b := `{"name":"b","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"b","version":"1.0.0","dist":{"tarball":"https://registry.invalid/b.tgz"}}}}`
	plain := `{"name":"a","version":"1.0.0","dependencies":{"b":"*"},"dist":{"tarball":"https://registry.invalid/a.tgz"}}`
	files := map[string]string{"project/package.json": `{"name":"p","version":"1.0.0","dependencies":{"a":"*"}}`}
	switch where {
	case "registry":
		plain = odd
	case "node_modules":
		files["project/node_modules/a/package.json"] = odd
	default:
		files["project/package.json"] = odd
	}
	docs := map[string]string{"a": `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":` + plain + `}}`, "b": b}
	oddTree(t, a, where+" "+field+" "+value, docs, files)
}

// oddTree compares one tree of those documents and files.
func oddTree(t *testing.T, a *arborist, what string, docs, files map[string]string) {
	t.Helper()
	w := &world{docs: map[string]*registry.Packument{}, raw: map[string]any{}, url: "https://registry.invalid/"}
	for name, text := range docs {
		w.raw[name] = json.RawMessage(text)
		p, err := registry.Decode([]byte(text), w.url)
		if err == nil {
			w.docs[name] = p
			w.names = append(w.names, name)
		} else if testing.Verbose() {
			t.Log(what, err)
		}
	}
	dir := t.TempDir()
	_, npm, never := a.ask(t, question{Dir: dir, At: "project", Files: files, World: w.json(), Options: map[string]any{}, Build: map[string]any{}})
	if never {
		t.Errorf("%s: npm does not end", what)
		return
	}
	gpq := ours(base(a.npm, filepath.Join(dir, "project")), tree.Deps{Source: w, Picker: newPicker(a.npm)})
	for _, w := range []want{npm, gpq} {
		for at, is := range w.layout {
			if strings.HasPrefix(is, "link to ") {
				w.layout[at] = "link" // out of the project some lead
			}
		}
	}
	switch {
	case npm.failed != "" && gpq.failed != "", npm.failed == "EINTERNAL", strings.Contains(npm.output, "TypeError"):
		return // where npm stumbles over a type, gpq may go on: npm runs, and stumbles
	case strings.Contains(gpq.output, "tree: "):
		t.Errorf("%s: %s", what, gpq.output)
	}
	report(t, what, npm, gpq)
}

// TestOddFolders compares what is made of packages in node_modules, or of the
// project, of which the package.json is none.
func TestOddFolders(t *testing.T) {
	doc := func(name string) string {
		return `{"name":"` + name + `","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"` + name + `","version":"1.0.0","dist":{"tarball":"https://registry.invalid/x.tgz"}}}}`
	}
	for _, n := range npms(t) {
		a := startArborist(t, n)
		for name, text := range map[string]string{"empty": "", "a list": "[]", "null": "null", "a text": `"x"`, "a number": "5", "cut off": `{"name":"a"`, "BOM": "\ufeff" + `{"name":"a","version":"1.0.0"}`,
			"twice": `{"name":"a","version":"1.0.0","version":"2.0.0"}`, "no name": `{"version":"1.0.0"}`, "no version": `{"name":"a"}`, "another name": `{"name":"other","version":"1.0.0"}`,
			"an odd name": `{"name":" A ","version":"1.0.0"}`, "an odd version": `{"name":"a","version":" =v1.0.0 "}`, "no version at all": `{"name":"a","version":"one"}`, "comments": "// x\n{}",
			"deep": strings.Repeat(`{"a":`, 150) + "1" + strings.Repeat("}", 150), "large": `{"name":"a","version":"1.0.0","x":"` + strings.Repeat("x", 3<<20) + `"}`,
			"conflict": "<<<<<<< a\n{}\n=======\n{}\n>>>>>>> b\n", "_id": `{"name":"a","version":"1.0.0","_id":"b@2","_resolved":"https://registry.invalid/y.tgz","_integrity":"sha512-x"}`,
			"bundles": `{"name":"a","version":"1.0.0","dependencies":{"b":"*"},"bundleDependencies":true}`, "no bundles": `{"name":"a","version":"1.0.0","dependencies":{"b":"*"},"bundleDependencies":false}`,
			"a bundle": `{"name":"a","version":"1.0.0","dependencies":{"b":"*"},"bundleDependencies":"b"}`, "bundles as an object": `{"name":"a","version":"1.0.0","dependencies":{"b":"*"},"bundledDependencies":{"b":"*"}}`} {
			t.Run("npm"+n.major()+"/"+strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
				docs := map[string]string{"a": doc("a"), "b": doc("b"), "other": doc("other")}
				project := `{"name":"p","version":"1.0.0","dependencies":{"a":"*"}}`
				oddTree(t, a, "laid", docs, map[string]string{"project/package.json": project, "project/node_modules/a/package.json": text})
				oddTree(t, a, "laid, with what it needs", docs, map[string]string{"project/package.json": project, "project/node_modules/a/package.json": text,
					"project/node_modules/a/node_modules/b/package.json": `{"name":"b","version":"1.0.0"}`})
				oddTree(t, a, "laid and not needed", docs, map[string]string{"project/package.json": `{}`, "project/node_modules/a/package.json": text})
				oddTree(t, a, "the project", docs, map[string]string{"project/package.json": text})
				oddTree(t, a, "a folder", docs, map[string]string{"project/package.json": `{"name":"p","dependencies":{"a":"file:a"}}`, "project/a/package.json": text})
				if name == "a list" { // in a workspace a package without name for npm, and no package for us
					return
				}
				oddTree(t, a, "a workspace", docs, map[string]string{"project/package.json": `{"name":"p","workspaces":["a"]}`, "project/a/package.json": text})
			})
		}
		for name, text := range map[string]string{"no tags": `{"name":"a","versions":{"1.0.0":V}}`, "no latest": `{"name":"a","dist-tags":{"next":"1.0.0"},"versions":{"1.0.0":V}}`, "tags a list": `{"name":"a","dist-tags":["1.0.0"],"versions":{"1.0.0":V}}`,
			"a tag to nothing": `{"name":"a","dist-tags":{"latest":"9.0.0"},"versions":{"1.0.0":V}}`, "no versions": `{"name":"a","dist-tags":{"latest":"1.0.0"}}`,
			"versions a list": `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":[V]}`, "versions null": `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":null}`, "a version null": `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":null}}`,
			"a version a text": `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":"x"}}`, "no version has its name": `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"version":"1.0.0","dependencies":{"b":"*"}}}}`,
			"another version in it": `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"a","version":"2.0.0"}}}`,
			"another name in it":    `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"z","version":"1.0.0"}}}`, "another name": `{"name":"z","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":V}}`, "no name": `{"dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":V}}`,
			"no dist": `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"a","version":"1.0.0"}}}`, "dist a text": `{"name":"a","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":"a","version":"1.0.0","dist":"x"}}}`,
			"no version that is one": `{"name":"a","dist-tags":{"latest":"one"},"versions":{"one":{"name":"a","version":"one"}}}`, "loose versions": `{"name":"a","dist-tags":{"latest":"v1.0.0"},"versions":{"v1.0.0":{"name":"a","version":"v1.0.0"}}}`,
			"time a text": `{"name":"a","time":"x","dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":V}}`, "a list": `[]`, "null": `null`, "a text": `"x"`} {
			t.Run("npm"+n.major()+"/packument-"+strings.ReplaceAll(name, " ", "-"), func(t *testing.T) {
				text := strings.ReplaceAll(text, "V", `{"name":"a","version":"1.0.0","dependencies":{"b":"*"},"dist":{"tarball":"https://registry.invalid/a.tgz"}}`)
				for _, asked := range []string{"*", "1.0.0", "latest", "^1.0.0", "next"} {
					if os.Getenv("GPQ_ODD") == "" && asked != "*" && asked != "^1.0.0" {
						continue
					}
					for _, kind := range []string{"dependencies", "optionalDependencies"} {
						oddTree(t, a, kind+" "+asked, map[string]string{"a": text, "b": doc("b")}, map[string]string{"project/package.json": `{"name":"p","version":"1.0.0","` + kind + `":{"a":"` + asked + `"}}`})
					}
				}
			})
		}
	}
}
