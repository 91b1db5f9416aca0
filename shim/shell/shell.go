// Package shell puts gpq in npm's place for people and programs: functions in bash, zsh and fish, aliases in PowerShell, and
// a folder ahead on PATH with an npm and an npx of gpq's. It writes files of its own and one marked line in start files, and
// takes all of it away again, byte for byte.
package shell

import (
	"embed"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed scripts
var scripts embed.FS

// Env is where shells are set up. Nothing outside it is read or written.
type Env struct {
	Home    string            // the user's folder, absolute
	Vars    map[string]string // environment: SHELL, PATH, ZDOTDIR, XDG_CONFIG_HOME, XDG_DATA_HOME, and what CI systems set
	Gpq     string            // gpq's own program, absolute
	Windows bool
	// RunIfGone has the shims run npm with a warning when gpq is gone, instead of failing.
	RunIfGone bool
}

// Kind is a shell.
type Kind string

// The shells that are known.
const (
	Bash       Kind = "bash"
	Zsh        Kind = "zsh"
	Fish       Kind = "fish"
	PowerShell Kind = "powershell"
)

// Kinds are all of them.
func Kinds() []Kind { return []Kind{Bash, Zsh, Fish, PowerShell} }

// KindOf reads a shell's name or path; pwsh is PowerShell.
func KindOf(name string) (Kind, error) {
	name = strings.TrimPrefix(strings.TrimSuffix(filepath.Base(name), ".exe"), "-")
	if name == "pwsh" {
		return PowerShell, nil
	}
	if k := Kind(name); slices.Contains(Kinds(), k) {
		return k, nil
	}
	return "", fmt.Errorf("gpq knows no shell %q: bash, zsh, fish or powershell", name)
}

// Root is gpq's own folder for shims.
func (e Env) Root() string {
	if d := e.Vars["XDG_DATA_HOME"]; filepath.IsAbs(d) {
		return filepath.Join(d, "gpq", "shims")
	}
	return filepath.Join(e.Home, ".local", "share", "gpq", "shims")
}

// Bin is the folder for PATH.
func (e Env) Bin() string { return filepath.Join(e.Root(), "bin") }

func (e Env) config() string {
	if d := e.Vars["XDG_CONFIG_HOME"]; filepath.IsAbs(d) {
		return d
	}
	return filepath.Join(e.Home, ".config")
}

// owned are the files that gpq writes whole, with their contents.
func (e Env) owned(kinds []Kind) ([]ownedFile, error) {
	files := []ownedFile{
		{filepath.Join(e.Root(), "hook.sh"), "hook.sh", 0o644},
		{filepath.Join(e.Root(), "hook.bash"), "hook.bash", 0o644},
		{filepath.Join(e.Root(), "hook.zsh"), "hook.zsh", 0o644},
		{filepath.Join(e.Root(), "hook.ps1"), "hook.ps1", 0o644},
		{filepath.Join(e.Bin(), "npm"), "npm.sh", 0o755},
		{filepath.Join(e.Bin(), "npx"), "npm.sh", 0o755},
	}
	if slices.Contains(kinds, Fish) {
		files = append(files, ownedFile{e.fishFile(), "hook.fish", 0o644})
	}
	return files, e.check()
}

func (e Env) fishFile() string { return filepath.Join(e.config(), "fish", "conf.d", "gpq.fish") }

// check refuses paths that could not be written into a script in any quotes.
func (e Env) check() error {
	for _, p := range []string{e.Root(), e.Gpq, e.config()} {
		if !filepath.IsAbs(p) || strings.ContainsAny(p, "\"'$`\\\n\r:") && !e.Windows {
			return fmt.Errorf("gpq cannot write shims for the path %q: it has characters that shells do not take", p)
		}
	}
	return nil
}

type ownedFile struct {
	path   string
	script string
	mode   uint32
}

// content is the script with this place's paths.
func (e Env) content(f ownedFile) []byte {
	text := read(f.script)
	if f.script == "npm.sh" {
		gone := "gone-fail.sh"
		if e.RunIfGone {
			gone = "gone-run.sh"
		}
		text = strings.Replace(text, "@GONE@\n", read(gone), 1)
	}
	return []byte(strings.NewReplacer("@BIN@", e.Bin(), "@DIR@", e.Root(), "@ROOT@", e.Root(), "@GPQ@", e.Gpq, "@NAME@", filepath.Base(f.path)).Replace(text))
}

func read(script string) string {
	b, err := scripts.ReadFile("scripts/" + script)
	if err != nil {
		panic(err) // the file is part of the program
	}
	return string(b)
}

// startFile is a file of the user's that gets one line.
type startFile struct {
	kind Kind
	path string
	line string
}

// startFiles are those of the kinds. For bash they are .bashrc and the one login file that bash would read.
func (e Env) startFiles(kinds []Kind) []startFile {
	hook := filepath.Join(e.Root(), "hook.sh")
	posix := fmt.Sprintf(`if [ -r "%s" ]; then . "%s"; else echo "gpq: %s is gone: npm is not checked" >&2; fi`, hook, hook, hook)
	var files []startFile
	for _, k := range kinds {
		switch k {
		case Bash:
			files = append(files, startFile{k, filepath.Join(e.Home, ".bashrc"), posix}, startFile{k, e.bashLogin(), posix})
		case Zsh:
			files = append(files, startFile{k, filepath.Join(e.zdotdir(), ".zshrc"), posix}, startFile{k, filepath.Join(e.zdotdir(), ".zprofile"), posix})
		case PowerShell:
			ps := filepath.Join(e.Root(), "hook.ps1")
			files = append(files, startFile{k, e.profile(), fmt.Sprintf("if (Test-Path '%s') { . '%s' } else { [Console]::Error.WriteLine('gpq: %s is gone: npm is not checked') }", ps, ps, ps)})
		default:
		}
	}
	return files
}

func (e Env) bashLogin() string {
	for _, name := range []string{".bash_profile", ".bash_login", ".profile"} {
		if p := filepath.Join(e.Home, name); exists(p) {
			return p
		}
	}
	return filepath.Join(e.Home, ".profile")
}

func (e Env) zdotdir() string {
	if d := e.Vars["ZDOTDIR"]; filepath.IsAbs(d) {
		return d
	}
	return e.Home
}

func (e Env) profile() string {
	if e.Windows {
		return filepath.Join(e.Home, "Documents", "PowerShell", "profile.ps1")
	}
	return filepath.Join(e.config(), "powershell", "profile.ps1")
}

// Detect is the shells of this user: the one in SHELL, those with a start file, and those that could be started along PATH.
func (e Env) Detect() []Kind {
	var found []Kind
	login, _ := KindOf(e.Vars["SHELL"])
	for _, k := range Kinds() {
		has := k == login
		for _, f := range e.startFiles([]Kind{k}) {
			has = has || exists(f.path) && filepath.Base(f.path) != ".profile"
		}
		if k == Fish {
			has = has || exists(filepath.Join(e.config(), "fish"))
		}
		if has || e.onPath(k) {
			found = append(found, k)
		}
	}
	if len(found) == 0 {
		return []Kind{Bash}
	}
	return found
}

// onPath says whether a shell is installed.
func (e Env) onPath(k Kind) bool {
	program := string(k)
	switch {
	case e.Windows:
		return false // it has PowerShell always, and everything else in odd places
	case k == PowerShell:
		program = "pwsh"
	}
	for _, dir := range filepath.SplitList(e.Vars["PATH"]) {
		info, err := os.Stat(filepath.Join(dir, program))
		if filepath.IsAbs(dir) && err == nil && info.Mode().IsRegular() && info.Mode()&0o111 != 0 {
			return true
		}
	}
	return false
}
