package sessiontest

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestCommands(t *testing.T) {
	h, err := New()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: "testdata", Cmds: h.Commands(), Setup: h.Setup, RequireExplicitExec: true})
}

func TestPlain(t *testing.T) {
	for raw, want := range map[string]string{
		"\x1b[1;31mred\x1b[0m":         "red",
		"a\r\nb\rc":                    "a\nb\nc",
		"\x1b]0;title\x07x\x1b[?25hy":  "xy",
		"\x1b[2K\x1b[0G\x1b(B\x1b7end": "end",
	} {
		if got := Plain(raw); got != want {
			t.Errorf("Plain(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestParsePlayRefuses(t *testing.T) {
	for _, script := range []string{"expect", "key f13", "signal SIGNO", "pause long", "dance", `send \q`} {
		if _, err := parsePlay(script); err == nil {
			t.Errorf("%q was taken", script)
		}
	}
}
