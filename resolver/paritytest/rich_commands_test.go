package paritytest

// command is what is asked of npm: Arborist's options, and those of the build.
type command struct {
	name           string
	options, build orderedMap
}

// firstInstall is how a project is installed at first.
func (w *richWorld) firstInstall() command {
	c := command{name: "install"}
	if !w.one(4) {
		c.build = c.build.put("complete", true)
	}
	c.options = w.someOptions()
	return c
}

// someOptions are options that hold for any command.
func (w *richWorld) someOptions() orderedMap {
	o := orderedMap{}
	for w.one(3) {
		key, value := w.option()
		o = o.put(key, value)
	}
	if o.get("before") != nil && w.one(2) {
		o = o.put("minReleaseAgeExclude", []any{w.pick(w.names...), w.pick("a*", "@s/*", w.pick(w.names...))})
	}
	return o
}

func (w *richWorld) option() (string, any) {
	switch w.r.IntN(22) {
	case 0, 1:
		return "legacyPeerDeps", true
	case 2:
		return "strictPeerDeps", true
	case 3, 4:
		return "force", true
	case 5:
		return "preferDedupe", true
	case 6:
		return "installStrategy", w.pick("nested", "shallow", "linked")
	case 7, 8:
		return "installLinks", true
	case 9:
		return "engineStrict", true
	case 10:
		return "omit", []any{w.pick("dev", "optional", "peer")}
	case 11:
		return "os", w.pick("win32", "darwin", "linux")
	case 12:
		return "cpu", w.pick("arm64", "x64")
	case 13:
		return "libc", w.pick("musl", "glibc")
	case 14, 15:
		return "before", w.pick("2019-06-01T00:00:00Z", "2021-06-15T00:00:00Z", "2022-06-15T00:00:00Z", "2024-01-01T00:00:00Z")
	case 16:
		return "defaultTag", w.pick("next", "beta", "nosuchtag")
	case 17:
		return "save", false
	case 18:
		return "packageLock", false
	case 19:
		return "lockfileVersion", 1 + w.r.IntN(3)
	case 20:
		return "allowDirectory", w.pick("none", "root", "all")
	}
	return "includeWorkspaceRoot", true
}

// command is any command, with the options of the first install or others.
func (w *richWorld) command(first command) command {
	c := command{name: "install", options: first.options, build: first.build}
	if w.one(4) {
		c.options = w.someOptions()
	}
	add, other := w.spec(), w.pick(w.names...)
	switch w.r.IntN(13) {
	case 0, 1:
	case 2, 3, 4:
		c.name, c.build = "add", c.build.put("add", []any{add})
		if w.one(4) {
			c.build = c.build.put("add", []any{add, w.spec()})
		}
	case 5:
		c.name, c.build = "uninstall", c.build.put("rm", []any{w.ofRoot()})
	case 6, 7:
		c.name, c.build = "update", c.build.put("update", []any{other, w.ofRoot()})
		c.options = c.options.put("save", false)
	case 8:
		c.name, c.build = "update all", c.build.put("update", true)
		c.options = c.options.put("save", false)
	case 9:
		c.name, c.options = "ci", c.options.put("save", false)
	case 10:
		c.name, c.options = "dedupe", c.options.put("save", false).put("preferDedupe", true)
		c.build = c.build.put("preferDedupe", true).put("update", orderedMap{{"names", []any{other, w.ofRoot()}}})
	case 11:
		c.name, c.build = "prune", c.build.put("pruned", true)
	case 12:
		// npm never looks into tarballs ahead here.
		c.name, c.build = "global", c.build.without("complete").put("add", []any{add})
		c.options = c.options.put("global", true)
		if w.one(3) {
			c.build = c.build.without("add").put("update", []any{w.ofRoot()})
		}
	}
	return w.refined(c)
}

// refined adds what only some commands take.
func (w *richWorld) refined(c command) command {
	if c.build.get("add") != nil {
		if w.one(3) {
			c.build = c.build.put("saveType", w.pick("prod", "dev", "optional", "peer", "peerOptional"))
		}
		if w.one(10) {
			c.build = c.build.put("saveBundle", true)
		}
	}
	if w.workspaces > 0 && c.name != "global" {
		switch {
		case w.one(3):
			c.options = c.options.put("workspaces", []any{w.pick(w.workspaceNames()...)})
		case w.one(10):
			c.options = c.options.put("workspacesEnabled", false)
		}
	}
	if w.one(20) {
		c.build = c.build.put("prune", false)
	}
	return c
}

// spec is something to add.
func (w *richWorld) spec() string {
	name := w.pick(w.names...)
	switch w.r.IntN(12) {
	case 0:
		return name + "@" + w.oddRange(name)
	case 1, 2, 3:
		return name + "@" + w.rng(name)
	case 4:
		return "alias-" + w.pick("m", "n", "o") + "@npm:" + name + "@" + w.pick("*", "^1.0.0", "latest", "2")
	case 5:
		return name + "@" + w.pick("latest", "next", "beta")
	case 6:
		return w.pick("gone", "@gone/x", "gone@^1.0.0")
	case 7:
		return w.ofRoot()
	}
	return name
}

// ofRoot is mostly something that the project asks for.
func (w *richWorld) ofRoot() string {
	root := w.files.object(rootFile)
	keys := append(root.object("dependencies").keys(), root.object("devDependencies").keys()...)
	if len(keys) == 0 || w.one(5) {
		return w.pick(w.names...)
	}
	return w.pick(keys...)
}
