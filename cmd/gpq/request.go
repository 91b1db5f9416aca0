package main

import (
	"math"
	"path/filepath"
	"runtime"
	"time"

	"gpq/resolver"
	"gpq/resolver/npmrc"
	"gpq/resolver/tree"
	"gpq/shim"
	"gpq/shim/argv"
)

// request is what the resolver needs to know of an npm command.
func (s *session) request() resolver.Request {
	cmd, c := s.cmd, s.config
	q := resolver.Request{
		Verb: verbs[cmd.Class], Dir: c.Root, Cwd: s.dir,
		Specs: cmd.Positionals, Options: options(c, s.vers),
	}
	location, _, _ := c.Get("location")
	if global, _ := c.Bool("global"); global || location == "global" {
		q.Global, q.Dir = true, globalRoot(c.Prefix)
		if q.Verb == resolver.Install && len(q.Specs) == 0 { // npm i -g: this folder itself
			q.Specs = []string{"."}
		}
	}
	switch cmd.Class {
	case argv.Init:
		if len(cmd.Positionals) == 0 { // npm init -w: a new workspace, and then an install
			q.Verb = resolver.Install
			return q
		}
		s.execution(&q)
	case argv.Exec:
		s.execution(&q)
	case argv.Fetch:
		alone(&q)
		q.Specs = fetchSpecs(cmd, c)
	case argv.AuditFix:
		q.Specs = nil
	case argv.Link:
		q.GlobalDir = globalRoot(c.Prefix)
	case argv.CI, argv.Rebuild, argv.Edit, argv.Version, argv.Patch:
		q.Specs = nil
	default:
	}
	return q
}

// execution makes it a request for what npm exec or npm init NAME wants.
func (s *session) execution(q *resolver.Request) {
	global := q.Global
	alone(q)
	q.Global = global
	t, c := s.target(), s.config
	if q.Specs = t.Specs; t.Kind == shim.TargetProject { // npm links that, and fetches nothing for it
		q.Specs = nil
	}
	q.Options.PackageLockOnly = false
	packages, _, _ := c.GetAll("package")
	q.Exec = resolver.ExecPlaces{Local: c.Root, Command: len(packages) == 0}
	if cache := s.npmCache(); cache != "" {
		q.Exec.Cache = filepath.Join(cache, "_npx")
	}
	if s.cmd.Class == argv.Exec && c.Prefix != c.Root {
		q.Exec.GlobalDir, q.Exec.GlobalBin = globalRoot(c.Prefix), globalBin(c.Prefix)
	}
}

// alone makes it a request for a tree of its own, whatever the project is.
func alone(q *resolver.Request) {
	q.Dir, q.Global = "", false
	q.Options.Workspaces, q.Options.AllWorkspaces, q.Options.IncludeWorkspaceRoot = nil, false, false
}

var verbs = map[argv.Class]resolver.Verb{
	argv.Install: resolver.Install, argv.CI: resolver.CI, argv.Update: resolver.Update,
	argv.Exec: resolver.Exec, argv.Fetch: resolver.Fetch, argv.Init: resolver.Exec,
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

// fetchSpecs are what pack, diff, cache add and the like name in full.
func fetchSpecs(cmd argv.Command, c *npmrc.Config) []string {
	specs := cmd.Positionals
	switch cmd.Name {
	case "cache", "stage":
		return specs[min(1, len(specs)):]
	case "diff":
		words, _, _ := c.GetAll("diff")
		tag, _, _ := c.Get("tag")
		return resolver.Compared(words, c.Root, tag)
	}
	return specs
}

// target is what npm exec, npx or npm init runs; any other command has one that
// fetches.
func (s *session) target() shim.Target {
	switch s.cmd.Class {
	case argv.Exec:
	case argv.Init:
		if len(s.cmd.Positionals) == 0 && len(s.workspaces()) == 0 { // it writes a package.json
			return shim.Target{Kind: shim.TargetShell}
		}
	case argv.Version:
		if len(s.workspaces()) == 0 { // npm installs after it for workspaces alone
			return shim.Target{Kind: shim.TargetShell}
		}
		return shim.Target{}
	default:
		return shim.Target{}
	}
	c := s.config
	call, _, _ := c.Get("call")
	packages, _, _ := c.GetAll("package")
	p := shim.Places{Prefix: c.Root, Packages: packages, Call: call, Folders: s.workspaces()}
	if c.Prefix != c.Root { // else npm looks for nothing global
		p.GlobalBin = globalBin(c.Prefix)
	}
	return shim.TargetOf(s.cmd, p)
}

// workspaces are the folders of those that the command is for; nil where it is
// for the project. What cannot be told is the project's own folder: npm says
// what it makes of it.
func (s *session) workspaces() []string {
	c := s.config
	named, _, _ := c.GetAll("workspace")
	all, set := c.Bool("workspaces")
	switch {
	case len(named) == 0 && !all && (set || c.Workspace == ""):
		return nil
	case len(named) == 0 && !all:
		return []string{c.Workspace}
	}
	folders, err := tree.WorkspaceFolders(c.Root, s.dir, named)
	if err != nil || len(folders) == 0 {
		return []string{c.Root}
	}
	return folders
}

// globalBin is where npm links the commands of global packages.
func globalBin(prefix string) string {
	if prefix == "" || runtime.GOOS == "windows" {
		return prefix
	}
	return filepath.Join(prefix, "bin")
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
		Workspaces: list("workspace"), AllWorkspaces: on("workspaces"), NoWorkspaces: off("workspaces"), IncludeWorkspaceRoot: on("include-workspace-root"),
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
			return time.Time{}, 24 * min(d, math.MaxInt64/24) // npm takes any number of days
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
	p.HostOS, p.HostCPU, p.HostLibc = p.OS, p.CPU, p.Libc
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
