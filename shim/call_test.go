package shim

import (
	"strings"
	"testing"
)

func TestReadCall(t *testing.T) {
	for line, want := range map[string]string{
		"gpq":                           "help:",
		"gpq install x":                 "npm:install x",
		"gpq --strict install x":        "npm:install x strict",
		"/usr/bin/npm install --strict": "npm:install --strict",
		"/x/npx cowsay":                 "npx:cowsay",
		"gpq npm --strict":              "npm:--strict",
		"gpq --strict npm ls --strict":  "npm:ls --strict strict",
		"gpq npx -p a b":                "npx:-p a b",
		"gpq npm":                       "npm:",
		"gpq npm help":                  "npm:help",
		"gpq help":                      "help:",
		"gpq doctor":                    "doctor:",
		"gpq --help":                    "help:",
		"gpq --version":                 "version:",
		"gpq check --json express":      "check:--json express",
		"gpq check --strict":            "check: strict",
		"gpq run check":                 "npm:run check",
		"gpq -w a check":                "npm:-w a check",
	} {
		c, err := ReadCall(strings.Fields(line), nil)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		got := c.Word
		if c.NPM() {
			got = c.Name()
		}
		got = strings.TrimRight(got+":"+strings.Join(c.Args, " "), " ")
		if c.Own.Strict {
			got += " strict"
		}
		if got != want {
			t.Errorf("%s: %s, want %s", line, got, want)
		}
	}
	if c, err := ReadCall([]string{"npm", "ci"}, []string{"GPQ_STRICT=1"}); err != nil || !c.Own.Strict {
		t.Errorf("the environment does not speak for gpq: %+v, %v", c, err)
	}
	for _, bad := range [][]string{{"gpq", "install", "--report", "pdf"}, {"gpq", "--policy"}} {
		if _, err := ReadCall(bad, nil); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
	if _, err := ReadCall([]string{"npm"}, []string{"GPQ_OFF=perhaps"}); err == nil {
		t.Error("GPQ_OFF=perhaps is taken")
	}
}
