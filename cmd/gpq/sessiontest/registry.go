package sessiontest

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"gpq/resolver/registrytest"
)

// serverKey is where a script's registries are kept, by name.
type serverKey struct{}

// servers are one script's registries.
type servers map[string]*registrytest.Server

// registriesOf finds a script's registries, which Setup has made room for.
func (h *Harness) registriesOf(ts *testscript.TestScript) servers {
	if all, ok := ts.Value(serverKey{}).(servers); ok {
		return all
	}
	return nil
}

// registry is the command of that name.
func (h *Harness) registry(ts *testscript.TestScript, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("registry: what?")
	}
	all := h.registriesOf(ts)
	if all == nil {
		return fmt.Errorf("registry: the harness's Setup was not used")
	}
	what, rest := args[0], args[1:]
	if what == "start" {
		return h.start(ts, all, rest)
	}
	name := ""
	rest, err := flags(rest, map[string]*string{"name": &name}, nil)
	if err != nil {
		return err
	}
	s := all[name]
	if s == nil {
		return fmt.Errorf("registry %s: no registry %q was started", what, name)
	}
	return command(ts, s, what, rest)
}

// command is one of the commands to a running registry.
func command(ts *testscript.TestScript, s *registrytest.Server, what string, args []string) error {
	switch what {
	case "fault":
		f, err := fault(args)
		if err == nil {
			s.Fault(f)
		}
		return err
	case "heal":
		s.Heal()
	case "stop":
		s.Close()
	case "forget":
		s.ClearLog()
	case "remove":
		for _, name := range args {
			s.Remove(name)
		}
	case "add":
		pkgs, err := load(ts, args)
		if err != nil {
			return err
		}
		for _, p := range pkgs {
			if err := s.Add(p); err != nil {
				return err
			}
		}
	case "log":
		return tellLog(ts, s, args)
	default:
		return fmt.Errorf("registry %s: there is no such command", what)
	}
	return nil
}

// tellLog is «registry log».
func tellLog(ts *testscript.TestScript, s *registrytest.Server, args []string) error {
	by := ""
	if len(args) > 0 && strings.HasPrefix(args[0], "by=") {
		by, args = args[0][len("by="):], args[1:]
	}
	out := ts.Stdout() // empty, if nothing was asked
	for _, r := range s.Log(args...) {
		if !strings.HasPrefix(r.Header.Get("User-Agent"), by) {
			continue
		}
		line := fmt.Sprintf("%s %s %d %s", r.Method, r.Path, r.Status, r.Header.Get("Authorization"))
		if _, err := fmt.Fprintln(out, strings.TrimSpace(line)); err != nil {
			return err
		}
	}
	return nil
}

// start is «registry start».
func (h *Harness) start(ts *testscript.TestScript, all servers, args []string) error {
	var name, scope, token, latency string
	var mirror, full, quiet, services bool
	args, err := flags(args, map[string]*string{"name": &name, "scope": &scope, "token": &token, "latency": &latency},
		map[string]*bool{"mirror": &mirror, "full": &full, "quiet": &quiet, "services": &services})
	if err != nil {
		return err
	}
	opts := registrytest.Options{Token: token, FullOnly: full, Sign: h.World.Sign}
	if mirror {
		opts.Mode = registrytest.Mirror
	}
	if latency != "" {
		if opts.Latency, err = time.ParseDuration(latency); err != nil {
			return err
		}
	}
	if opts.Packages, err = load(ts, args); err != nil {
		return err
	}
	s, err := registrytest.Start(opts)
	if err != nil {
		return err
	}
	ts.Defer(s.Close)
	all[name] = s
	variable := "REGISTRY"
	if name != "" {
		variable += "_" + strings.ToUpper(name)
	}
	ts.Setenv(variable, s.URL)
	if services {
		ts.Setenv("GPQ_OSV_URL", s.URL)
		ts.Setenv("GPQ_DOWNLOADS_URL", s.URL)
	}
	if quiet {
		return nil
	}
	keys := filepath.Join(ts.Getenv("HOME"), "keys"+name+".json")
	if err := os.WriteFile(keys, s.Keys(), 0o600); err != nil {
		return err
	}
	if scope == "" {
		ts.Setenv("GPQ_REGISTRY_KEYS", keys)
	}
	return configure(filepath.Join(ts.Getenv("HOME"), ".npmrc"), s.URL, scope, token)
}

// configure makes a registry known to npm, for a scope or for everything.
func configure(npmrc, url, scope, token string) error {
	lines := "registry=" + url + "\n"
	if scope != "" {
		lines = scope + ":" + lines
	}
	if token != "" {
		lines += strings.TrimPrefix(url, "http:") + ":_authToken=" + token + "\n"
	}
	f, err := os.OpenFile(npmrc, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600) // #nosec G304 -- in the test's own folder
	if err != nil {
		return err
	}
	if _, err := f.WriteString(lines); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// load reads archives: paths in the script's folder, else in the repository. An
// archive inside a script has «>» before each line, since the script is an
// archive itself.
func load(ts *testscript.TestScript, sources []string) ([]*registrytest.Package, error) {
	var all []string
	for _, s := range sources {
		file := ts.MkAbs(s)
		if _, err := os.Stat(file); err != nil {
			all = append(all, filepath.Join(ts.Getenv("REPOSITORY"), filepath.FromSlash(s)))
			continue
		}
		if text, err := os.ReadFile(file); err == nil && strings.HasPrefix(string(text), ">") {
			file = strings.ReplaceAll(strings.TrimPrefix(string(text), ">"), "\n>", "\n")
		}
		all = append(all, file)
	}
	return registrytest.Load(all...)
}

// fault reads the words of «registry fault».
func fault(args []string) (registrytest.Fault, error) {
	var f registrytest.Fault
	if len(args) == 0 {
		return f, fmt.Errorf("registry fault: for which path?")
	}
	f.Path = args[0]
	for _, word := range args[1:] {
		key, value, _ := strings.Cut(word, "=")
		if err := setFault(&f, key, value); err != nil {
			return f, fmt.Errorf("registry fault: %s: %w", word, err)
		}
	}
	return f, nil
}

func setFault(f *registrytest.Fault, key, value string) (err error) {
	switch key {
	case "method":
		f.Method = value
	case "status":
		f.Status, err = strconv.Atoi(value)
	case "times":
		f.Times, err = strconv.Atoi(value)
	case "skip":
		f.Skip, err = strconv.Atoi(value)
	case "cut":
		f.CutAfter, err = strconv.Atoi(value)
	case "delay":
		f.Delay, err = time.ParseDuration(value)
	case "hang":
		f.Hang = true
	case "drop":
		f.Drop = true
	case "redirect":
		f.Redirect = value
	case "body":
		f.Body = []byte(value)
	case "replace":
		f.Replace[0], f.Replace[1], _ = strings.Cut(value, ",")
	case "header":
		name, text, _ := strings.Cut(value, ":")
		f.Header = http.Header{name: {text}}
	default:
		err = fmt.Errorf("there is no such word")
	}
	return err
}
