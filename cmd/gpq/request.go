package main

import (
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"gpq/resolver"
	"gpq/resolver/npmrc"
	"gpq/shim"
	"gpq/shim/argv"
)

// request is what the resolver needs to know of an npm command.
func request(cmd argv.Command, c *npmrc.Config, v shim.Versions, dir string) resolver.Request {
	q := resolver.Request{
		Verb: verbs[cmd.Class], Dir: c.Root, Cwd: dir,
		Specs: cmd.Positionals, Options: options(c, v),
	}
	location, _, _ := c.Get("location")
	if global, _ := c.Bool("global"); global || location == "global" {
		q.Global, q.Dir = true, globalRoot(c.Prefix)
		if q.Verb == resolver.Install && len(q.Specs) == 0 { // npm i -g: this folder itself
			q.Specs = []string{"."}
		}
	}
	switch cmd.Class {
	case argv.Exec, argv.Fetch:
		q.Dir, q.Global = "", false
		q.Specs = execSpecs(cmd, c)
	case argv.Init:
		q.Dir, q.Global = "", false
		q.Specs = initSpecs(cmd.Positionals)
	case argv.AuditFix:
		q.Specs = nil
	case argv.Link:
		q.Specs = linked(cmd.Positionals)
		if len(q.Specs) > 0 { // what is not linked yet is installed globally
			q.Verb, q.Global, q.Dir = resolver.Install, true, globalRoot(c.Prefix)
		}
	case argv.CI, argv.Rebuild, argv.Edit, argv.Version, argv.Patch:
		q.Specs = nil
	default:
	}
	return q
}

var verbs = map[argv.Class]resolver.Verb{
	argv.Install: resolver.Install, argv.CI: resolver.CI, argv.Update: resolver.Update,
	argv.Exec: resolver.Exec, argv.Fetch: resolver.Exec, argv.Init: resolver.Exec,
	argv.AuditFix: resolver.AuditFix, argv.Dedupe: resolver.Dedupe, argv.Link: resolver.Link,
	argv.Rebuild: resolver.Rebuild, argv.Edit: resolver.Rebuild, argv.Uninstall: resolver.Uninstall,
	argv.Prune: resolver.Prune, argv.Version: resolver.Install, argv.Patch: resolver.Install,
}

// globalRoot is the folder above npm's global node_modules.
func globalRoot(prefix string) string {
	if runtime.GOOS == "windows" {
		return prefix
	}
	return filepath.Join(prefix, "lib")
}

// execSpecs are the packages npm exec would get: --package, else the first
// word; other fetching commands (pack, diff, cache add) name theirs in full.
func execSpecs(cmd argv.Command, c *npmrc.Config) []string {
	if cmd.Class == argv.Fetch {
		specs := cmd.Positionals
		if cmd.Name == "cache" || cmd.Name == "stage" {
			specs = specs[min(1, len(specs)):]
		}
		if diff, _, ok := c.GetAll("diff"); ok && cmd.Name == "diff" {
			specs = diff
		}
		return specs
	}
	if named, _, ok := c.GetAll("package"); ok && len(named) > 0 {
		return named
	}
	return cmd.Positionals[:min(1, len(cmd.Positionals))]
}

// initSpecs turns npm init's word into the package it runs, as libnpmexec's
// caller in npm's init command does: foo → create-foo, @scope → @scope/create,
// @scope/foo@1 → @scope/create-foo@1; URLs and git addresses get the prefix on
// their last part.
func initSpecs(words []string) []string {
	if len(words) == 0 {
		return nil
	}
	word := words[0]
	switch {
	case strings.HasPrefix(word, "@"):
		scope, rest, named := strings.Cut(word, "/")
		if named {
			return []string{scope + "/create-" + rest}
		}
		scope, version, hasVersion := strings.Cut(word[1:], "@")
		if hasVersion {
			return []string{"@" + scope + "/create@" + version}
		}
		return []string{word + "/create"}
	case strings.Contains(word, "/"):
		i := strings.LastIndex(word, "/")
		return []string{word[:i+1] + "create-" + word[i+1:]}
	}
	return []string{"create-" + word}
}

// linked are the words of npm link that are no folders.
func linked(words []string) []string {
	var out []string
	for _, w := range words {
		if !strings.HasPrefix(w, ".") && !filepath.IsAbs(w) {
			out = append(out, w)
		}
	}
	return out
}

// options is npm's configuration, as far as it changes the tree.
func options(c *npmrc.Config, v shim.Versions) resolver.Options {
	text := func(key string) string { s, _, _ := c.Get(key); return s }
	on := func(key string) bool { yes, _ := c.Bool(key); return yes }
	off := func(key string) bool { yes, set := c.Bool(key); return set && !yes }
	list := func(key string) []string { all, _, _ := c.GetAll(key); return all }
	o := resolver.Options{
		Platform: platform(c, v), Tag: text("tag"), InstallStrategy: strategy(c),
		LegacyPeerDeps: on("legacy-peer-deps"), StrictPeerDeps: on("strict-peer-deps"), Force: on("force"),
		PreferDedupe: on("prefer-dedupe"), InstallLinks: on("install-links"), EngineStrict: on("engine-strict"),
		Workspaces: list("workspace"), AllWorkspaces: on("workspaces"), IncludeWorkspaceRoot: on("include-workspace-root"),
		NoPackageLock: off("package-lock"), Save: saveKind(c), NoSave: off("save"),
		AllowGit: text("allow-git"), AllowRemote: text("allow-remote"), AllowFile: text("allow-file"),
		AllowDirectory: text("allow-directory"), ReplaceRegistryHost: text("replace-registry-host"),
		IgnoreScripts: on("ignore-scripts"), PackageLockOnly: on("package-lock-only"),
		MinReleaseAgeExclude: list("min-release-age-exclude"),
	}
	o.Omit, o.Include = c.Omit()
	if c.Workspace != "" && len(o.Workspaces) == 0 && !off("workspaces") {
		o.Workspaces = []string{c.Workspace}
	}
	o.Before, o.MinReleaseAge = ages(c)
	return o
}

// ages reads before and min-release-age; of two layers the stronger one's
// counts, and before in one of the same strength.
func ages(c *npmrc.Config) (before time.Time, age time.Duration) {
	day, dayLayer, hasDays := c.Get("min-release-age")
	at, atLayer, hasBefore := c.Get("before")
	if hasBefore && (!hasDays || atLayer >= dayLayer) {
		for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02"} {
			if t, err := time.Parse(form, at); err == nil {
				return t, 0
			}
		}
	}
	if hasDays {
		if d, err := time.ParseDuration(day + "h"); err == nil && d > 0 {
			return time.Time{}, 24 * d
		}
	}
	return time.Time{}, 0
}

func strategy(c *npmrc.Config) string {
	s, _, _ := c.Get("install-strategy")
	if s == "" {
		if yes, _ := c.Bool("legacy-bundling"); yes {
			return "nested"
		}
		if yes, _ := c.Bool("global-style"); yes {
			return "shallow"
		}
	}
	return s
}

// saveKind is where npm would write a named spec. npm itself lets the last of
// its save flags win; dev, optional and peer are told apart here in its order.
func saveKind(c *npmrc.Config) string {
	for _, kind := range []string{"peer", "optional", "dev", "prod"} {
		if yes, _ := c.Bool("save-" + kind); yes {
			return kind
		}
	}
	return ""
}

func platform(c *npmrc.Config, v shim.Versions) resolver.Platform {
	p := resolver.Platform{OS: nodeOS(runtime.GOOS), CPU: nodeCPU(runtime.GOARCH), Libc: shim.Libc(), Node: v.Node, NPM: v.NPM}
	for key, to := range map[string]*string{"os": &p.OS, "cpu": &p.CPU, "libc": &p.Libc} {
		if s, _, ok := c.Get(key); ok && s != "" {
			*to = s
		}
	}
	return p
}

// nodeOS and nodeCPU are node's names for this machine.
func nodeOS(goos string) string {
	switch goos {
	case "windows":
		return "win32"
	case "solaris", "illumos":
		return "sunos"
	}
	return goos
}

func nodeCPU(arch string) string {
	switch arch {
	case "amd64":
		return "x64"
	case "386":
		return "ia32"
	case "ppc64le":
		return "ppc64"
	case "mipsle":
		return "mipsel"
	}
	return arch
}
