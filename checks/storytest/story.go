// Package storytest tells attack stories: a registry, what is asked of it, and
// what the checks must answer, each story in one file.
//
// # The file
//
// A story is a txtar archive. The text before the first section tells it in
// words. The section «story» is YAML:
//
//	install: [axios]              what is asked for by hand
//	locked: {left-pad: 1.3.0}     what the lockfile holds already
//	verdict: block                what Decide must say under --strict
//	want:                         what the checks must answer
//	  axios@1.14.1: {attestation-missing: danger, new-dependency: danger}
//	quiet: [axios@1.14.0]         packages with nothing at warning or above
//	malware: [evil@1.0.0]         what is listed as malicious
//	domains: {example.org: available}   who holds a domain: see checks/domain
//	workspaces: [app]             folders of the project that are packages
//	mirror: true                  the registry offers no publishers, times, …
//
// All other sections belong to a package: «NAME: SECTION», where SECTION is
// one of package registrytest's archives. A package without files needs none
// but «NAME: packument»; its name need not stand in it again.
package storytest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/tools/txtar"

	"gpq/resolver/registrytest"
)

// Story is one story as its file tells it.
type Story struct {
	Name    string // the file's name without its ending
	Comment string
	Install []string          `yaml:"install"`
	Locked  map[string]string `yaml:"locked"`
	Verdict string            `yaml:"verdict"`
	// Want has, by name@version and check, the answer: a severity, an outcome,
	// or «severity: words that the message holds».
	Want    map[string]map[string]string `yaml:"want"`
	Quiet   []string                     `yaml:"quiet"`
	Malware []string                     `yaml:"malware"`
	Domains map[string]string            `yaml:"domains"`
	Mirror  bool                         `yaml:"mirror"`
	// Workspaces are folders of the project, by name.
	Workspaces []string `yaml:"workspaces"`

	Packages []*registrytest.Package `yaml:"-"`
	// Weekly has the weekly downloads by name; a million where a package's
	// section does not say.
	Weekly map[string]int64 `yaml:"-"`
}

// Load reads a story's file, or all *.txtar files of a folder.
func Load(path string) ([]*Story, error) {
	files := []string{path}
	if info, err := os.Stat(path); err != nil {
		return nil, err
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*.txtar")); err != nil {
			return nil, err
		}
	}
	slices.Sort(files)
	var out []*Story
	for _, f := range files {
		text, err := os.ReadFile(f) // #nosec G304 -- the caller's own test data
		if err != nil {
			return nil, err
		}
		s, err := Parse(strings.TrimSuffix(filepath.Base(f), ".txtar"), text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// Parse reads one story.
func Parse(name string, text []byte) (*Story, error) {
	arc := txtar.Parse(text)
	s := &Story{Name: name, Comment: strings.TrimSpace(string(arc.Comment)), Weekly: map[string]int64{}}
	sections := map[string]map[string][]byte{}
	for _, f := range arc.Files {
		if f.Name == "story" {
			if err := yaml.UnmarshalWithOptions(f.Data, s, yaml.DisallowUnknownField()); err != nil {
				return nil, err
			}
			continue
		}
		pkg, section, ok := strings.Cut(f.Name, ": ")
		if !ok {
			return nil, fmt.Errorf("section %q: want «NAME: SECTION»", f.Name)
		}
		if sections[pkg] == nil {
			sections[pkg] = map[string][]byte{}
		}
		sections[pkg][section] = f.Data
	}
	for _, pkg := range slices.Sorted(maps.Keys(sections)) {
		p, err := archive(name, pkg, sections[pkg])
		if err != nil {
			return nil, err
		}
		s.Packages = append(s.Packages, p)
		var head struct {
			Downloads *int64 `yaml:"downloads"`
		}
		if err := yaml.Unmarshal(sections[pkg]["packument"], &head); err != nil {
			return nil, err
		}
		if s.Weekly[pkg] = 1_000_000; head.Downloads != nil {
			s.Weekly[pkg] = *head.Downloads
		}
	}
	return s, nil
}

// archive makes a registrytest archive of one package's sections.
func archive(file, pkg string, sections map[string][]byte) (*registrytest.Package, error) {
	a := &txtar.Archive{}
	head := fmt.Sprintf("name: %q\n%s", pkg, sections["packument"])
	a.Files = append(a.Files, txtar.File{Name: "packument", Data: []byte(head)})
	for _, name := range slices.Sorted(maps.Keys(sections)) {
		if name != "packument" {
			a.Files = append(a.Files, txtar.File{Name: name, Data: sections[name]})
		}
	}
	return registrytest.Parse(file+" "+pkg, txtar.Format(a))
}
