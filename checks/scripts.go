package checks

import (
	"regexp"
	"slices"
	"strings"

	"gpq/resolver/registry"
	"sync"
)

// installEvents are what npm runs when it installs a package from a registry,
// in its order. (prepare runs for git dependencies alone.)
var installEvents = []string{"preinstall", "install", "postinstall"} //nolint:gochecknoglobals // never changed

// compiles is what npm runs for a binding.gyp without an install script.
const compiles = "node-gyp rebuild"

// script is one command that npm runs at install.
type script struct {
	event, command string
	implied        bool // by a binding.gyp, not by a script
}

// installScripts gives what npm would run by what a packument says.
func installScripts(m *registry.Manifest) []script {
	if m == nil {
		return nil
	}
	out := explicitScripts(m.Scripts)
	switch {
	case m.Gypfile != nil && *m.Gypfile && !hasEvent(out, "install") && !hasEvent(out, "preinstall"):
		out = append(out, script{"install", compiles, true})
	case len(out) == 0 && m.HasInstallScript:
		out = append(out, script{event: "install", command: "(not shown by the registry)"})
	}
	return out
}

func explicitScripts(all registry.Deps) []script {
	var out []script
	for _, event := range installEvents {
		if cmd, ok := all.Get(event); ok && strings.TrimSpace(cmd) != "" {
			out = append(out, script{event: event, command: strings.TrimSpace(cmd)})
		}
	}
	return out
}

func hasEvent(all []script, event string) bool {
	return slices.ContainsFunc(all, func(s script) bool { return s.event == event })
}

// tarballScripts gives what npm would run by what the tarball holds. bare says
// that it compiles for a binding.gyp alone: also where its package.json says
// «gypfile: false», for npm asks the registry for that.
func tarballScripts(t *TarballFacts) (out []script, bare bool) {
	if t == nil || t.Package == nil {
		return nil, false
	}
	out = explicitScripts(t.Package.Scripts)
	if t.BindingGyp && !hasEvent(out, "install") && !hasEvent(out, "preinstall") {
		return append(out, script{"install", compiles, true}), true
	}
	return out, false
}

// sameScript compares two commands of the same event, each with its own
// version number taken out.
func sameScript(a script, versionA string, b script, versionB string) bool {
	return a.event == b.event &&
		strings.ReplaceAll(a.command, versionA, "{version}") == strings.ReplaceAll(b.command, versionB, "{version}")
}

// plainWord is a word of a command that can do nothing but name things.
var plainWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9@=:._/+-]+$`) })

// compileCommands only compile what the tarball holds, or take the maintainers'
// own prebuilt binary for it.
var compileCommands = []string{ //nolint:gochecknoglobals // never changed
	"node-gyp rebuild", "node-gyp configure build", "node-gyp configure", "node-gyp build", "node-gyp-build",
	"node-gyp-build-optional-packages", "prebuild-install", "node-pre-gyp install", "cmake-js compile", "cmake-js rebuild",
	"cmake-js build", "pkg-prebuilds-verify", "napi-postinstall",
}

// onlyCompiles says whether a command is one of the known compile commands, or
// several of them, and nothing else.
func onlyCompiles(command string) bool {
	if strings.ContainsAny(command, "\n\r") {
		return false
	}
	parts := strings.Split(strings.ReplaceAll(command, "||", "&&"), "&&")
	for _, p := range parts {
		words := strings.Fields(p)
		if len(words) == 0 || !slices.ContainsFunc(compileCommands, func(c string) bool { return startsWith(words, strings.Fields(c)) }) {
			return false
		}
		for _, w := range words {
			if !plainWord().MatchString(w) || strings.Contains(w, "://") || strings.Contains(w, "..") {
				return false
			}
		}
	}
	return true
}

func startsWith(words, prefix []string) bool {
	return len(words) >= len(prefix) && slices.Equal(words[:len(prefix)], prefix)
}
