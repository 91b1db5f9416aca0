package argv

import "strings"

// classify says what the command is and whether it passes.
func (c *Command) classify(r *reader, o Options) {
	c.Class = c.classOf(o)
	c.Prints = c.prints()
	doubt := r.doubt(c.Prints)
	switch {
	case doubt != "":
		c.doubtful("--" + doubt + " is not known: npm may take the next word for its value")
	case c.Prints:
		c.passes = true
		if c.Class == Unknown {
			c.Class = Harmless
		}
	case c.Verb == "":
		c.Class, c.passes = Harmless, true // npm alone prints its usage
	case c.Class == Harmless:
		c.passes = true
	case c.Class == Unknown:
		c.why = "the command is not known"
	default:
		c.why = "npm " + c.Name + " may fetch or run packages"
	}
}

// doubtful makes a command that looked harmless an unknown one, that may fetch.
func (c *Command) doubtful(why string) {
	c.passes, c.why = false, why
	if c.Class == Harmless {
		c.Class = Unknown
	}
}

// prints is whether npm stops at a version or a help page. --versions makes it the command version, and overrules --help.
func (c *Command) prints() bool {
	switch {
	case c.Flag("version") == "true", c.Flag("versions") == "true":
		return true
	}
	return c.Flag("usage") == "true"
}

// doubt names the first unknown flag that, did it take a value, would change which word is the verb, or hide the flag
// that makes npm print only.
func (r *reader) doubt(prints bool) string {
	limit := int(^uint(0) >> 1)
	if len(r.remain) > 0 && !prints {
		limit = r.remain[0].at
	}
	for _, u := range r.unknown {
		if u.loose && u.at < limit {
			return u.name
		}
	}
	return ""
}

// always are the commands whose class does not depend on anything else on the line.
func always(name string) Class {
	switch name {
	case "install", "install-test":
		return Install
	case "ci", "install-ci-test":
		return CI
	case "update":
		return Update
	case "exec":
		return Exec
	case "dedupe", "find-dupes":
		return Dedupe
	case "link":
		return Link
	case "rebuild":
		return Rebuild
	case "uninstall":
		return Uninstall
	case "prune":
		return Prune
	case "edit":
		return Edit
	case "patch":
		return Patch
	case "diff":
		return Fetch
	}
	return Unknown
}

func (c *Command) classOf(o Options) Class {
	if class := always(c.Name); class != Unknown {
		return class
	}
	switch c.Name {
	case "init":
		return c.classIf(Init, len(c.Positionals) > 0 || c.workspaces(o))
	case "version":
		return c.classIf(Version, len(c.Positionals) > 0 && c.workspaces(o))
	case "audit":
		return c.classIf(AuditFix, c.first() == "fix")
	case "cache":
		return c.classIf(Fetch, c.first() == "add")
	case "stage":
		return c.classIf(Fetch, c.first() == "download" || c.first() == "publish" && exotic(c.Positionals[1:]))
	case "pack":
		return c.classIf(Fetch, !allLocal(c.Positionals))
	case "publish":
		return c.classIf(Fetch, !allLocal(c.Positionals))
	case "view", "docs", "repo", "bugs", "owner", "deprecate", "dist-tag", "outdated", "unpublish", "undeprecate":
		return c.classIf(Fetch, exotic(c.Positionals))
	}
	if harmless(c.Name) {
		return Harmless
	}
	return Unknown
}

func (c *Command) classIf(class Class, yes bool) Class {
	if yes {
		return class
	}
	return Harmless
}

func (c *Command) first() string {
	if len(c.Positionals) == 0 {
		return ""
	}
	return c.Positionals[0]
}

// harmless are the commands that read, print or edit, and the project's own scripts.
func harmless(name string) bool {
	switch name {
	case "access", "adduser", "approve-scripts", "completion", "config", "deny-scripts", "doctor", "explain", "explore",
		"fund", "get", "help", "help-search", "hook", "install-scripts", "ll", "login", "logout", "ls", "org", "ping",
		"pkg", "prefix", "profile", "query", "restart", "root", "run", "run-script", "sbom", "search", "set",
		"shrinkwrap", "star", "stars", "start", "stop", "team", "test", "token", "trust", "unstar", "whoami":
		return true
	}
	return false
}

// workspaces is whether the command runs for workspaces: by a flag, by the environment, or by where it is called.
func (c *Command) workspaces(o Options) bool {
	if c.Flag("workspaces") == "true" || len(c.Config["workspace"]) > 0 || c.Flag("prefix") != "" {
		return true // another project's settings may name workspaces
	}
	for _, kv := range o.Env {
		key, value, _ := strings.Cut(kv, "=")
		if value == "" || len(key) < len("npm_config_") || !strings.EqualFold(key[:len("npm_config_")], "npm_config_") {
			continue
		}
		switch strings.ToLower(key[len("npm_config_"):]) {
		case "workspace":
			return true
		case "workspaces":
			return value != "false"
		}
	}
	return o.InWorkspace == nil || o.InWorkspace()
}
