package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gpq/prompt/report"
)

// process is everything run knows of the outside: nothing below reads
// arguments, environment, clock, folders or streams from anywhere else.
type process struct {
	args []string // args[0] is the name gpq was called by
	env  []string
	dir  string // working folder, absolute
	self string // the file of this program, "" if unknown
	out  *os.File
	err  *os.File
	now  func() time.Time

	scratch string // a folder of this run alone, "" for none
}

func thisProcess() process {
	log.SetOutput(io.Discard) // net/http has words of its own there for what a server sends unasked
	dir, err := workingFolder()
	if err != nil {
		dir = "" // it is gone; who needs one says so
	}
	self, err := os.Executable()
	if err != nil {
		self = ""
	}
	return process{args: os.Args, env: os.Environ(), dir: dir, self: self, out: os.Stdout, err: os.Stderr, now: time.Now}
}

// workingFolder is where the process really is, as npm sees it: os.Getwd
// believes PWD, in which a shell leaves the links that it went through.
func workingFolder() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(dir)
}

// getenv is the value of the last entry of that name, as execve leaves it.
func (p *process) getenv(name string) string {
	v, _ := p.lookup(name)
	return v
}

func (p *process) lookup(name string) (string, bool) {
	for i := len(p.env) - 1; i >= 0; i-- {
		if rest, ok := strings.CutPrefix(p.env[i], name); ok && strings.HasPrefix(rest, "=") {
			return rest[1:], true
		}
	}
	return "", false
}

// home is the user's folder, "" where the environment has none.
func (p *process) home() string { return p.getenv("HOME") }

// cacheDir is gpq's own cache folder: GPQ_CACHE_DIR, or gpq's in the user's
// (XDG Base Directory Specification).
func (p *process) cacheDir() string { return p.folder("GPQ_CACHE_DIR", "XDG_CACHE_HOME", ".cache") }

// configDir is where the user's policy and approvals are.
func (p *process) configDir() string {
	return p.folder("GPQ_CONFIG_DIR", "XDG_CONFIG_HOME", ".config")
}

func (p *process) folder(own, xdg, below string) string {
	if d := p.getenv(own); d != "" {
		return p.abs(d)
	}
	if d := p.getenv(xdg); filepath.IsAbs(d) {
		return filepath.Join(d, "gpq")
	}
	if h := p.home(); h != "" {
		return filepath.Join(h, below, "gpq")
	}
	return filepath.Join(os.TempDir(), fmt.Sprintf("gpq-%d", os.Getuid()), strings.TrimPrefix(below, "."))
}

func (p *process) abs(path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(p.dir, path)
}

// maxSaid is how many characters one line of gpq's own may have: errors quote
// what others sent.
const maxSaid = 2000

// say writes one of gpq's own lines to standard error. Whatever of it came
// from elsewhere, a registry's words in an error, is shown escaped.
func (p *process) say(format string, args ...any) {
	_, _ = io.WriteString(p.err, "gpq: "+report.EscapeMax(fmt.Sprintf(format, args...), maxSaid)+"\n")
}

// fail says what happened, and what to do where there is something to do.
func (p *process) fail(code int, err error, hint string) int {
	p.say("%v", err)
	if hint != "" {
		_, _ = io.WriteString(p.err, "     "+hint+"\n")
	}
	return code
}

// openNull opens the file that swallows everything.
func openNull() (*os.File, error) { return os.OpenFile(os.DevNull, os.O_WRONLY, 0) }
