package checks

import "testing"

// TestScriptsAsNPMRunsThem: what npm ran for each of these, installed from a
// registry.
func TestScriptsAsNPMRunsThem(t *testing.T) {
	for text, want := range map[string]string{
		`{"scripts":{"postinstall":"x"}}`:                           "x",
		`{"scripts":{"a":1e999,"postinstall":"x"}}`:                 "x",
		`{"a":1e999,"scripts":{"postinstall":"x"}}`:                 "x",
		`{"scripts":{"a":null,"postinstall":"x"}}`:                  "x",
		`{"scripts":{},"scripts":{"postinstall":"x"}}`:              "x",
		`{"scripts":{"postinstall":"y","postinstall":"x"}}`:         "x",
		`{"scripts":{"postinstall":"x"},"scripts":{}}`:              "",
		`{"scr\u0069pts":{"post\u0069nstall":"x"}}`:                 "x",
		`{"scripts":{"\ud800":"y","postinstall":"x"}}`:              "x",
		"{\"scripts\":{\"\xff\":\"y\",\"postinstall\":\"x\"}}":      "x",
		"\ufeff{\"scripts\":{\"postinstall\":\"x\"}}":               "x",
		`{"__proto__":{"scripts":{"postinstall":"x"}},"scripts":1}`: "",
		`{"scripts":{"__proto__":{"postinstall":"x"}}}`:             "",
		`{"Scripts":{"postinstall":"x"}}`:                           "",
		`{"scripts":{"PostInstall":"x"}}`:                           "",
		`{"scripts":{" postinstall":"x"}}`:                          "",
		`{"scripts":{"postinstall":["x"]}}`:                         "",
		`{"scripts":["postinstall"]}`:                               "",
	} {
		p, err := ParsePackageJSON([]byte(text))
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got, _ := p.Scripts.Get("postinstall"); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	for text, compiles := range map[string]bool{`{}`: true, `{"gypfile":false}`: true, `{"scripts":{"postinstall":"x"}}`: true, `{"scripts":{"install":"x"}}`: false} {
		p, _ := ParsePackageJSON([]byte(text))
		if _, bare := tarballScripts(&TarballFacts{Package: p, BindingGyp: true}); bare != compiles {
			t.Errorf("%s and a binding.gyp: compiles %v", text, bare)
		}
	}
}
