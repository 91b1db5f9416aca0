package shim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Facts are what gpq doctor says of npm on this machine.
type Facts struct {
	NPM, NPX, Node Tool
	Versions       Versions
	Others         []Tool   // further npms on PATH, behind the one that runs
	Passed         []Passed // what was not taken for npm
	Problems       []error  // what could not be found out
}

// Gather looks for all of them. It does not fail; what is missing is among the problems.
func Gather(ctx context.Context, w World, cacheDir string) Facts {
	var f Facts
	var err error
	note := func(err error) {
		if err != nil {
			f.Problems = append(f.Problems, err)
		}
	}
	f.NPX, err = Find("npx", w)
	note(err)
	f.NPM, err = Find("npm", w)
	note(err)
	if err != nil {
		_, f.Passed = FindAll("npm", w)
		return f
	}
	all, passed := FindAll("npm", w)
	f.Passed = passed
	for _, t := range all {
		if t.Real != f.NPM.Real {
			f.Others = append(f.Others, t)
		}
	}
	f.Node, err = nodeOf(f.NPM, w)
	note(err)
	f.Versions, err = Learn(ctx, f.NPM, w, cacheDir)
	note(err)
	return f
}

// Standing is what a shell does with the word npm.
type Standing struct {
	Shell string
	Says  string // the shell's own words, the first line of them
	Gpq   bool   // it leads to gpq's shims, which lie below root
	Own   bool   // it is an alias or a function of the user's, behind which gpq's shims come first
}

// AskShell starts an interactive shell as a terminal does, apart from this one, and asks it what npm is. root is the folder of
// gpq's shims.
func AskShell(ctx context.Context, w World, shell, root string) (Standing, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	const before, behind = "gpq-doctor-asks:", "gpq-doctor-asks-on:"
	args := []string{"-i", "-c", "echo " + before + "; type npm; echo " + behind + "; type -a npm"}
	if base := filepath.Base(shell); base == "pwsh" || base == "powershell" {
		args = []string{"-NoLogo", "-Command", "echo " + before + "; Get-Command npm | Format-List Definition"}
	}
	cmd := exec.CommandContext(ctx, shell, args...)
	cmd.Dir, cmd.Env = w.Dir, w.Env
	cmd.SysProcAttr = ownSession()
	cmd.WaitDelay = time.Second
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &limited{w: &out, left: 1 << 16}, &limited{w: &errs, left: 1 << 12}
	err := cmd.Run()
	_, says, ok := strings.Cut(out.String(), before+"\n")
	if !ok && err == nil {
		err = errors.New("it prints nothing")
	}
	if !ok {
		return Standing{Shell: shell}, fmt.Errorf("%s does not say what npm is: %w: %s", shell, err, firstLine(errs.String()))
	}
	says, all, _ := strings.Cut(says, behind+"\n")
	s := Standing{Shell: shell, Says: firstLine(strings.TrimSpace(says)), Gpq: strings.Contains(says, root)}
	if !s.Gpq && (strings.Contains(s.Says, "alias") || strings.Contains(s.Says, "function")) {
		s.Own = comesFirst(all, root)
	}
	return s, nil
}

// comesFirst says whether, of all that a shell knows by a name, what lies below root comes before any other file.
func comesFirst(all, root string) bool {
	for _, line := range strings.Split(all, "\n") {
		if strings.Contains(line, root) {
			return true
		}
		if _, file, ok := strings.Cut(line, " is "); ok && strings.HasPrefix(file, "/") {
			return false
		}
	}
	return false
}
