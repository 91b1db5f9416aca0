package paritytest

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// npm is one installed npm.
type npm struct{ cli, version, node string }

func (n npm) major() string { return strings.SplitN(n.version, ".", 2)[0] }

// npms are the installed npms: the one on PATH, and those that GPQ_EXTRA_NPMS names
// (folders that hold a package «npm», separated by colons).
func npms(t *testing.T) []npm {
	t.Helper()
	missing := t.Skip
	if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
		missing = t.Fatal
	}
	node, err := exec.Command("node", "--version").Output()
	if err != nil {
		missing("node is not installed: nothing to compare with")
	}
	root, err := exec.Command("npm", "root", "-g").Output()
	if err != nil {
		missing("npm is not installed: nothing to compare with")
	}
	dirs := []string{filepath.Join(strings.TrimSpace(string(root)), "npm")}
	dirs = append(dirs, filepath.SplitList(os.Getenv("GPQ_EXTRA_NPMS"))...)
	var out []npm
	for _, d := range dirs {
		var p struct{ Version string }
		data, err := os.ReadFile(filepath.Join(d, "package.json"))
		if err != nil || json.Unmarshal(data, &p) != nil {
			missing("no npm in " + d)
		}
		out = append(out, npm{filepath.Join(d, "bin", "npm-cli.js"), p.Version, strings.TrimPrefix(strings.TrimSpace(string(node)), "v")})
	}
	return out
}

// want is what npm made of a project.
type want struct {
	layout map[string]string // path → what() of the entry
	origin map[string]string // path → where it is fetched, and its digest; nil where not asked
	failed string            // its error code, "" where it went well
	output string
	facts  []string // of a conflict, where asked
}

type lockEntry struct {
	Name, Version, Resolved, Integrity                 string
	Link, Optional, Dev, Peer, DevOptional, Extraneous bool
}

// longest bounds one command of npm's: on some projects it never ends, which is
// the failure «never».
const longest = 10 * time.Minute

// install runs npm in dir and reads the lockfile it wrote.
func (n npm) install(t *testing.T, dir string, args ...string) want {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), longest)
	defer cancel()
	full := append([]string{n.cli}, args...)
	full = append(full, "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	cmd := exec.CommandContext(ctx, "node", full...)
	cmd.Dir = dir
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); ctx.Err() != nil {
		return want{failed: "never", output: out.String()}
	} else if err != nil {
		w := want{failed: "unknown", output: out.String()}
		for _, line := range strings.Split(w.output, "\n") {
			if code, ok := strings.CutPrefix(line, "npm error code "); ok {
				w.failed = code
				break
			}
		}
		return w
	}
	return want{layout: readLayout(t, filepath.Join(dir, "package-lock.json")), output: out.String()}
}

func readLayout(t *testing.T, file string) map[string]string {
	t.Helper()
	out := map[string]string{}
	data, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return out
	}
	var lock struct{ Packages map[string]lockEntry }
	if err := json.Unmarshal(data, &lock); err != nil {
		t.Fatal(err)
	}
	for at, e := range lock.Packages {
		if at == "" {
			continue
		}
		if e.Name == "" {
			e.Name = nameOf(at)
		}
		out[at] = e.what()
	}
	return out
}

func nameOf(at string) string {
	if i := strings.LastIndex(at, "node_modules/"); i >= 0 {
		return at[i+len("node_modules/"):]
	}
	return filepath.Base(at)
}

// what is the entry with its flags, as one line to compare.
func (e lockEntry) what() string {
	if e.Link {
		return "link to " + e.Resolved
	}
	s := e.Name + "@" + e.Version
	if e.Extraneous {
		return s + " extraneous"
	}
	for _, f := range []struct {
		on   bool
		word string
	}{{e.Dev, " dev"}, {e.Optional, " optional"}, {e.DevOptional, " devOptional"}, {e.Peer, " peer"}} {
		if f.on {
			s += f.word
		}
	}
	return s
}
