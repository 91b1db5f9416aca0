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
	Says  string // the shell's own words
	Gpq   bool   // it leads to gpq's shims, which lie below root
	Alias bool   // it is an alias; what it calls is asked again when it runs
}

// AskShell starts an interactive shell as a terminal does, apart from this one, and asks it what npm is. root is the folder of
// gpq's shims.
func AskShell(ctx context.Context, w World, shell, root string) (Standing, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	const before = "gpq-doctor-asks:"
	args := []string{"-i", "-c", "echo " + before + "; type npm"}
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
	s := Standing{Shell: shell, Says: strings.TrimSpace(says)}
	s.Gpq = strings.Contains(s.Says, root)
	s.Alias = strings.Contains(s.Says, "aliased to") || strings.Contains(s.Says, "is an alias for")
	return s, nil
}
