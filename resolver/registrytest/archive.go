package registrytest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
	"golang.org/x/tools/txtar"
)

// Package is one package as its archive tells it.
type Package struct {
	Name    string
	Comment string // the story in words
	Want    string // the want section as it stands; "" where there is none
	File    string // where it came from, for messages

	head     header
	versions []*version // in order of publication
}

// header is the packument section.
type header struct {
	Name        string           `yaml:"name"`
	Maintainers []any            `yaml:"maintainers"`
	Publisher   any              `yaml:"publisher"`
	Versions    yaml.MapSlice    `yaml:"versions"`
	Manifest    map[string]any   `yaml:"manifest"`
	DistTags    map[string]any   `yaml:"dist-tags"`
	Created     string           `yaml:"created"`
	Modified    string           `yaml:"modified"`
	Unpublished string           `yaml:"unpublished"`
	Time        map[string]any   `yaml:"time"`
	Patch       map[string]any   `yaml:"patch"`
	Downloads   *int64           `yaml:"downloads"`
	Advisories  []any            `yaml:"advisories"`
	OSV         []map[string]any `yaml:"osv"`
}

// version is one version as the archive tells it.
type version struct {
	number string
	meta   map[string]any
	files  map[string][]byte // path in the package → content
}

// Load reads archives: each source is an archive's file, a folder of *.txtar
// (not its subfolders), or an archive itself (any text with a line break).
func Load(sources ...string) ([]*Package, error) {
	var all []*Package
	for _, s := range sources {
		got, err := loadOne(s)
		if err != nil {
			return nil, err
		}
		all = append(all, got...)
	}
	return all, nil
}

func loadOne(source string) ([]*Package, error) {
	if strings.Contains(source, "\n") {
		p, err := Parse("archive", []byte(source))
		if err != nil {
			return nil, err
		}
		return []*Package{p}, nil
	}
	files := []string{source}
	if info, err := os.Stat(source); err != nil {
		return nil, err
	} else if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(source, "*.txtar")); err != nil {
			return nil, err
		}
		sort.Strings(files)
	}
	all := make([]*Package, 0, len(files))
	for _, f := range files {
		data, err := os.ReadFile(f) // #nosec G304 -- the caller's own test data
		if err != nil {
			return nil, err
		}
		p, err := Parse(f, data)
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

// Parse reads one archive. The file's name is used in errors only.
func Parse(file string, data []byte) (*Package, error) {
	arc := txtar.Parse(data)
	p := &Package{Comment: strings.TrimSpace(string(arc.Comment)), File: file}
	var rest []txtar.File
	for _, f := range arc.Files {
		switch f.Name {
		case "packument":
			if err := yaml.UnmarshalWithOptions(f.Data, &p.head, yaml.DisallowUnknownField()); err != nil {
				return nil, fmt.Errorf("%s: packument: %w", file, err)
			}
		case "want":
			p.Want = string(f.Data)
		default:
			rest = append(rest, f)
		}
	}
	if p.Name = p.head.Name; p.Name == "" {
		return nil, fmt.Errorf("%s: packument: no name", file)
	}
	if err := p.readVersions(); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	for _, f := range rest {
		if err := p.readSection(f); err != nil {
			return nil, fmt.Errorf("%s: section %s: %w", file, f.Name, err)
		}
	}
	return p, nil
}

// readVersions takes the versions out of the packument section; none are two
// ordinary ones.
func (p *Package) readVersions() error {
	if p.head.Versions == nil && p.head.Unpublished == "" {
		p.version("1.0.0")
		p.version("1.1.0")
	}
	for _, item := range p.head.Versions {
		number := fmt.Sprint(item.Key)
		v := p.version(number)
		if item.Value == nil {
			continue
		}
		// Through YAML once more: nested MapSlices become maps.
		text, err := yaml.Marshal(item.Value)
		if err != nil {
			return err
		}
		if err := yaml.Unmarshal(text, &v.meta); err != nil {
			return fmt.Errorf("version %s: %w", number, err)
		}
	}
	return nil
}

// readSection takes one «VERSION/path» section.
func (p *Package) readSection(f txtar.File) error {
	number, name, ok := strings.Cut(f.Name, "/")
	if !ok || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("want VERSION/path inside the package")
	}
	if number == "*" {
		for _, v := range p.versions {
			if _, has := v.files[name]; !has {
				v.files[name] = f.Data
			}
		}
		return nil
	}
	v := p.version(number)
	if name != "meta" {
		v.files[name] = f.Data
		return nil
	}
	var more map[string]any
	if err := yaml.Unmarshal(f.Data, &more); err != nil {
		return err
	}
	maps.Copy(v.meta, more)
	return nil
}

// version gives the version of that number, made where it is new.
func (p *Package) version(number string) *version {
	for _, v := range p.versions {
		if v.number == number {
			return v
		}
	}
	v := &version{number: number, meta: map[string]any{}, files: map[string][]byte{}}
	p.versions = append(p.versions, v)
	return v
}
