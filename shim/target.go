package shim

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gpq/shim/argv"
)

// TargetKind is what npm exec or npx is about to run.
type TargetKind uint8

// The zero kind is not known: it may fetch.
const (
	TargetUnknown  TargetKind = iota
	TargetShell               // a shell, or a line for one, with nothing to install: fetches nothing
	TargetLocal               // a command in a node_modules/.bin here or above: fetches nothing
	TargetGlobal              // a command installed globally: fetches nothing
	TargetProject             // a command of this very project: npm links the project into npx's cache
	TargetPackages            // packages, installed into npx's cache where they are not at hand
)

// Target is what npm exec, npx or npm init NAME runs. Specs are the packages it wants, as npm writes them.
type Target struct {
	Kind  TargetKind
	Specs []string
	Bin   string // the file that runs, for TargetLocal and TargetGlobal
}

// Fetches is whether npm may fetch something for it.
func (t Target) Fetches() bool {
	return t.Kind != TargetShell && t.Kind != TargetLocal && t.Kind != TargetGlobal
}

// Places are where npm exec looks, from npm's configuration in force.
type Places struct {
	Prefix    string   // the project's folder (npm's local prefix)
	GlobalBin string   // "" where the global prefix is the project's
	Packages  []string // the setting package, of all layers
	Call      string   // the setting call
	// Folders are the workspaces that the command is run for, one after the other; none where it runs for the project.
	Folders []string
}

// TargetOf says what a command of class argv.Exec or argv.Init would run.
func TargetOf(c argv.Command, p Places) Target {
	if c.Class == argv.Init {
		spec, ok := InitSpec(first(c.Positionals))
		if !ok {
			return Target{}
		}
		return Target{Kind: TargetPackages, Specs: []string{spec}}
	}
	if c.Class != argv.Exec {
		return Target{}
	}
	switch {
	case len(p.Packages) > 0:
		return Target{Kind: TargetPackages, Specs: append([]string(nil), p.Packages...)}
	case p.Call != "" || len(c.Positionals) == 0:
		return Target{Kind: TargetShell}
	case len(p.Folders) > 0:
		return p.everywhere(c.Positionals[0])
	}
	return p.command(p.Prefix, c.Positionals[0])
}

// everywhere is what a command for several workspaces runs: fetching nothing only where none of them does.
func (p Places) everywhere(name string) Target {
	var all Target
	for _, dir := range p.Folders {
		t := p.command(dir, name)
		if !t.Fetches() {
			if all.Kind == TargetUnknown {
				all = t
			}
			continue
		}
		specs := all.Specs
		for _, s := range t.Specs {
			if !contains(specs, s) {
				specs = append(specs, s)
			}
		}
		all = Target{Kind: t.Kind, Specs: specs}
	}
	return all
}

// command looks for name as npm does for the folder from, the project's or a workspace's: in the package.json there and in
// the project's, in node_modules/.bin there and above, globally.
func (p Places) command(from, name string) Target {
	for _, dir := range []string{from, p.Prefix} {
		if ownBin(filepath.Join(dir, "package.json"), name) {
			return Target{Kind: TargetProject, Specs: []string{dir}}
		}
	}
	for dir := from; from != ""; dir = filepath.Dir(dir) {
		if bin := filepath.Join(dir, "node_modules", ".bin", name); isFile(bin) {
			return Target{Kind: TargetLocal, Bin: bin}
		}
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if bin := filepath.Join(p.GlobalBin, name); p.GlobalBin != "" && isFile(bin) {
		return Target{Kind: TargetGlobal, Bin: bin}
	}
	return Target{Kind: TargetPackages, Specs: []string{name}}
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// ownBin is whether the package.json names a command so: by bin as a list, or as one file under the package's name.
func ownBin(file, name string) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	var pkg struct {
		Name string
		Bin  json.RawMessage
	}
	if json.NewDecoder(io.LimitReader(f, 8<<20)).Decode(&pkg) != nil {
		return false
	}
	var one string
	if json.Unmarshal(pkg.Bin, &one) == nil && one != "" {
		return filepath.Base(pkg.Name) == name
	}
	var many map[string]json.RawMessage
	_ = json.Unmarshal(pkg.Bin, &many)
	_, ok := many[name]
	return ok
}

// InitSpec is the package that npm init NAME runs: create-NAME, @SCOPE/create, @SCOPE/create-NAME, USER/create-PROJECT; false
// for what npm refuses or gpq cannot tell.
func InitSpec(name string) (string, bool) {
	if name == "" || strings.ContainsAny(name, ":\\#") {
		return "", false
	}
	if strings.HasPrefix(name, "@") && !strings.Contains(name, "/") {
		scope, version, _ := strings.Cut(name[1:], "@")
		if version != "" {
			version = "@" + version
		}
		return "@" + scope + "/create" + version, scope != ""
	}
	scope, rest := "", name
	if strings.HasPrefix(name, "@") {
		s, r, _ := strings.Cut(name, "/")
		scope, rest = s+"/", r
	} else if user, project, ok := strings.Cut(name, "/"); ok {
		return user + "/create-" + project, user != "" && user != "." && user != ".." && user != "~" && project != "" && !strings.Contains(project, "/")
	}
	base, version, ok := strings.Cut(rest, "@")
	if !ok {
		version = "*"
	}
	return scope + "create-" + base + "@" + version, base != "" && !strings.Contains(rest, "/")
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
