package shell

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// Place is one file or line of an installation, as it is now.
type Place struct {
	Path  string
	State State
}

// State of a place.
type State string

// The states.
const (
	InForce State = "in force"
	Old     State = "another version's" // gpq shim install brings it up to date
	Missing State = "missing"
)

// ShellStatus is how a shell stands.
type ShellStatus struct {
	Kind    Kind
	Places  []Place // its start files, or its own file
	Aliases []Alias // of the user's, that come before gpq's
}

// InForce is whether everything for the shell is there.
func (s ShellStatus) InForce() bool {
	for _, p := range s.Places {
		if p.State != InForce {
			return false
		}
	}
	return len(s.Places) > 0
}

// Status is what is in force.
type Status struct {
	Gpq    Place // the program that the shims call
	Files  []Place
	Shells []ShellStatus
	OnPath bool // the folder is on PATH here and now
	First  bool // and no other npm comes before it
}

// StatusOf looks.
func StatusOf(e Env) Status {
	s := Status{Gpq: Place{e.Gpq, InForce}}
	if info, err := os.Stat(e.Gpq); err != nil || info.Mode().Perm()&0o111 == 0 {
		s.Gpq.State = Missing
	}
	files, _ := e.owned(nil)
	for _, f := range files {
		s.Files = append(s.Files, Place{f.path, e.stateOf(f)})
	}
	for _, k := range Kinds() {
		s.Shells = append(s.Shells, e.shellStatus(k))
	}
	for _, dir := range filepath.SplitList(e.Vars["PATH"]) {
		if filepath.Clean(dir) == e.Bin() {
			s.OnPath, s.First = true, true
			return s
		}
		if exists(filepath.Join(dir, "npm")) {
			break
		}
	}
	s.OnPath = in(filepath.SplitList(e.Vars["PATH"]), e.Bin())
	return s
}

// stateOf compares a file of gpq's with what it should be; what it does when gpq is gone may be either.
func (e Env) stateOf(f ownedFile) State {
	have, err := os.ReadFile(f.path)
	if err != nil {
		return Missing
	}
	other := e
	other.RunIfGone = !e.RunIfGone
	if bytes.Equal(have, e.content(f)) || bytes.Equal(have, other.content(f)) {
		return InForce
	}
	return Old
}

func (e Env) shellStatus(k Kind) ShellStatus {
	s := ShellStatus{Kind: k, Aliases: e.Aliases([]Kind{k})}
	if k == Fish {
		s.Places = []Place{{e.fishFile(), e.stateOf(ownedFile{path: e.fishFile(), script: "hook.fish"})}}
	}
	for _, f := range e.startFiles([]Kind{k}) {
		state := Missing
		content, _, err := readStart(f.path)
		if start, end, note := findLine(content); err == nil && start >= 0 {
			state = Old
			if string(content[start:end]) == f.line+" "+mark+note {
				state = InForce
			}
		}
		s.Places = append(s.Places, Place{f.path, state})
	}
	return s
}

// Alias is a line of the user's that gives npm or npx another meaning.
type Alias struct {
	File string
	Line int
	Text string
}

// Aliases finds them in the start files of the kinds.
func (e Env) Aliases(kinds []Kind) []Alias {
	var found []Alias
	for _, path := range e.aliasFiles(kinds) {
		content, err := os.ReadFile(path)
		if err != nil || len(content) > 1<<20 {
			continue
		}
		for i, line := range strings.Split(string(content), "\n") {
			if text := strings.TrimSpace(line); isAlias(text) {
				found = append(found, Alias{path, i + 1, text})
			}
		}
	}
	return found
}

func (e Env) aliasFiles(kinds []Kind) []string {
	var paths []string
	for _, f := range e.startFiles(kinds) {
		paths = append(paths, f.path)
	}
	for _, k := range kinds {
		switch k {
		case Bash:
			paths = append(paths, filepath.Join(e.Home, ".bash_aliases"))
		case Zsh:
			paths = append(paths, filepath.Join(e.zdotdir(), ".zsh_aliases"), filepath.Join(e.zdotdir(), ".zshenv"))
		case Fish:
			dir := filepath.Join(e.config(), "fish")
			paths = append(paths, filepath.Join(dir, "config.fish"), filepath.Join(dir, "functions", "npm.fish"), filepath.Join(dir, "functions", "npx.fish"))
		default:
		}
	}
	return paths
}

func isAlias(line string) bool {
	for _, name := range []string{"npm", "npx"} {
		for _, begin := range []string{"alias " + name + "=", "alias " + name + " ", "alias -g " + name + "=", "function " + name + " ", "function " + name + "(", "function " + name + "{", name + "()", name + " ()", "abbr -a " + name + " ", "Set-Alias " + name + " ", "Set-Alias -Name " + name + " "} {
			if strings.HasPrefix(line+" ", begin) {
				return true
			}
		}
	}
	return false
}
