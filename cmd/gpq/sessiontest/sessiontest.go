// Package sessiontest has the commands with which testscript sessions stand a
// registry up, answer questions on a pseudo-terminal, and look at what npm
// left behind.
//
//	registry start [-name N] [-scope @S] [-mirror] [-full] [-token T] [-latency D] [-quiet] [-services] SOURCE…
//	    a registry of archives (files, or folders of *.txtar; see
//	    registrytest), signed by a Sigstore of its own. $REGISTRY is its URL,
//	    or $REGISTRY_N; it goes into $HOME/.npmrc, unless -quiet. With -services
//	    it stands for OSV and the download counts too
//	registry fault [-name N] PATH [status=503] [times=2] [skip=1] [delay=1s] [hang] [drop]
//	    [cut=100] [redirect=URL] [body=TEXT] [header=Name:value] [method=POST] [replace=from,to]
//	registry heal | stop | forget | add FILE | remove NAME   [-name N first]
//	registry log [-name N] [by=AGENT] [PATTERN]
//	    to stdout, a line for each request: METHOD PATH STATUS [authorization];
//	    by picks those whose User-Agent begins so, as «npm/» and «gpq/» do
//	run [-in FILE] CODE COMMAND [ARG…]
//	    runs it; it must exit with CODE, which may be a signal, as «SIGINT»
//	    (which is also 128 and its number)
//	terminal [-code CODE] [-size ROWSxCOLS] [-in FILE] [-out FILE] [-err FILE] [-raw FILE] SCRIPT COMMAND [ARG…]
//	    runs it on a pseudo-terminal of its own, all three streams on it but
//	    those that are files. SCRIPT says what the person does (see Play).
//	    stdout is then what was on the screen, without control sequences
//	samefiles FOLDER FOLDER
//	    the same files, modes and contents below both
//	fakenpm [-version V]
//	    an npm, first on PATH, that only writes down what it was asked: see FakeNPM
//
// SOURCE is looked for in the script's folder, then in the repository; an archive
// inside a script has «>» before each line. «!» before
// a command does not work; the exit code is said instead.
package sessiontest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"gpq/checks/attest/attesttest"
)

// Harness has what the scripts of one test share.
type Harness struct {
	// World is the Sigstore that signs for all registries.
	World *attesttest.World
	root  []byte
}

// New makes a harness.
func New() (*Harness, error) {
	now := time.Now()
	w, err := attesttest.New("sessions", now.AddDate(-12, 0, 0), now.AddDate(3, 0, 0))
	if err != nil {
		return nil, fmt.Errorf("session harness: %w", err)
	}
	h := &Harness{World: w}
	if h.root, err = w.TrustedRoot(); err != nil {
		return nil, fmt.Errorf("session harness: %w", err)
	}
	return h, nil
}

// Commands are the commands, for testscript.Params.Cmds.
func (h *Harness) Commands() map[string]func(*testscript.TestScript, bool, []string) {
	return map[string]func(*testscript.TestScript, bool, []string){
		"registry":  plain(h.registry),
		"run":       plain(h.run),
		"terminal":  plain(h.terminal),
		"samefiles": plain(sameFiles),
		"fakenpm":   plain(fakeNPM),
	}
}

// plain makes a command of a function; it cannot be negated.
func plain(f func(*testscript.TestScript, []string) error) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg {
			ts.Fatalf("this command has no «!»")
		}
		ts.Check(f(ts, args))
	}
}

// Setup gives a script a home, a cache and settings of its own, and switches
// every outside service off. It is for testscript.Params.Setup.
func (h *Harness) Setup(env *testscript.Env) error {
	env.Values[serverKey{}] = servers{}
	home := filepath.Join(env.WorkDir, "home")
	for _, dir := range []string{home, filepath.Join(env.WorkDir, "bin"), filepath.Join(env.WorkDir, "tmp")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	root := filepath.Join(home, "trusted_root.json")
	if err := os.WriteFile(root, h.root, 0o600); err != nil {
		return err
	}
	repository, err := repository()
	if err != nil {
		return err
	}
	npmrc := "audit=false\nfund=false\nupdate-notifier=false\nfetch-retries=0\n"
	if err := os.WriteFile(filepath.Join(home, ".npmrc"), []byte(npmrc), 0o600); err != nil {
		return err
	}
	for _, kv := range [][2]string{
		{"REPOSITORY", repository}, {"HOME", home}, {"TMPDIR", filepath.Join(env.WorkDir, "tmp")}, {"TERM", "xterm"}, {"LC_ALL", "C.UTF-8"},
		{"PATH", filepath.Join(env.WorkDir, "bin") + string(os.PathListSeparator) + env.Getenv("PATH")},
		{"GPQ_CACHE_DIR", filepath.Join(home, "gpq-cache")}, {"GPQ_CONFIG_DIR", filepath.Join(home, "gpq-config")},
		{"GPQ_TRUSTED_ROOT", root}, {"GPQ_OSV_URL", ""}, {"GPQ_DOWNLOADS_URL", ""}, {"GPQ_RDAP_URL", ""}, {"GPQ_DNS_SERVER", ""},
		{"npm_config_cache", filepath.Join(home, "npm-cache")}, {"npm_config_prefix", filepath.Join(home, "global")},
		{"npm_config_globalconfig", filepath.Join(home, "global-npmrc")},
	} {
		env.Setenv(kv[0], kv[1])
	}
	return nil
}

// repository is the folder of go.mod, above the test's own.
func repository() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", fmt.Errorf("session harness: no go.mod above the test")
		}
		dir = up
	}
}

// flags takes «-word» and «-word VALUE» options from the front of args.
func flags(args []string, values map[string]*string, switches map[string]*bool) ([]string, error) {
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		name := args[0][1:]
		if b := switches[name]; b != nil {
			*b, args = true, args[1:]
			continue
		}
		v := values[name]
		if v == nil || len(args) < 2 {
			return nil, fmt.Errorf("%s is no flag here, or lacks its value", args[0])
		}
		*v, args = args[1], args[2:]
	}
	return args, nil
}
