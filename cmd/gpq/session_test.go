package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"gpq/checks/domain/domaintest"
	"gpq/cmd/gpq/sessiontest"
)

// ahead is how far a session's gpq is ahead of the clock: a Go duration.
const ahead = "SESSION_CLOCK_AHEAD"

// TestMain is gpq itself where a session calls it: by its own name, or by
// npm's or npx's through a link. Only here can the clock be another.
func TestMain(m *testing.M) {
	if name := filepath.Base(os.Args[0]); name == "npm" || name == "npx" {
		gpqMain()
	}
	testscript.Main(m, map[string]func(){"gpq": gpqMain})
}

func gpqMain() {
	p := thisProcess()
	if d, err := time.ParseDuration(os.Getenv(ahead)); err == nil {
		p.now = func() time.Time { return time.Now().Add(d) }
	}
	os.Exit(run(context.Background(), p))
}

// TestSessions plays testdata/sessions: what a person types, and what must
// come of it. See package sessiontest for the commands; those below are the
// sessions' own:
//
//	json FILE PATH WANT      what stands at PATH in a JSON document; «*» matches anything
//	schema FILE              FILE is a report of schemaVersion 1, to the letter
//	samewords FILE FILE      the same text, but for how long something took
//	domains NAME=STATE…      RDAP and DNS on loopback: held, pending, redemption; others are not registered
func TestSessions(t *testing.T) {
	for _, name := range []string{"npm", "npx", "node", "sh", "sed"} {
		if _, err := exec.LookPath(name); err == nil {
			continue
		}
		if os.Getenv("GPQ_REQUIRE_NPM") != "" {
			t.Fatalf("the sessions need %s, and it is not on PATH", name)
		}
		t.Skipf("NOT RUN: the sessions need %s, and it is not on PATH", name)
	}
	h, err := sessiontest.New()
	if err != nil {
		t.Fatal(err)
	}
	commands := h.Commands()
	for name, f := range map[string]func(*testscript.TestScript, []string) error{
		"json": jsonAt, "schema": schema, "samewords": sameWords, "domains": domains,
	} {
		commands[name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("this command has no «!»")
			}
			ts.Check(f(ts, args))
		}
	}
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("testdata", "sessions"), Cmds: commands, Setup: h.Setup, RequireExplicitExec: true, RequireUniqueNames: true,
	})
}

// took is how npm and gpq say how long something took.
var took = regexp.MustCompile(`in \d+(\.\d+)? ?(ms|s|m)\b`)

func sameWords(ts *testscript.TestScript, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("samewords: want two files")
	}
	a := took.ReplaceAllString(ts.ReadFile(args[0]), "in …")
	b := took.ReplaceAllString(ts.ReadFile(args[1]), "in …")
	if a != b {
		return fmt.Errorf("%s:\n%s\n%s:\n%s", args[0], a, args[1], b)
	}
	return nil
}

func domains(ts *testscript.TestScript, args []string) error {
	now := time.Now()
	old := now.AddDate(-9, 0, 0)
	states := map[string]domaintest.Domain{
		"held":       {Registered: old, Expires: now.AddDate(1, 0, 0), Status: []string{"active"}, DNS: domaintest.Delegated},
		"pending":    {Registered: old, Status: []string{"pending delete"}},
		"redemption": {Registered: old, Status: []string{"redemption period"}},
	}
	all := map[string]domaintest.Domain{}
	for _, a := range args {
		name, state, _ := strings.Cut(a, "=")
		d, ok := states[state]
		if !ok {
			return fmt.Errorf("domains: no state %q", state)
		}
		all[name] = d
	}
	w, err := domaintest.Start(all)
	if err != nil {
		return err
	}
	ts.Defer(w.Close)
	ts.Setenv("GPQ_RDAP_URL", w.RDAP)
	ts.Setenv("GPQ_DNS_SERVER", w.DNS)
	return nil
}
