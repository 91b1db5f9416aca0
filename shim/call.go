package shim

import (
	"path/filepath"
	"slices"
	"strings"

	"gpq/shim/argv"
)

// OwnWords are the commands that are gpq's, also where npm has one of that name.
func OwnWords() []string {
	return []string{"check", "verify", "shim", "policy", "approve", "baseline", "report", "checks", "demo", "doctor", "completion", "help"}
}

// Call is how gpq was called.
type Call struct {
	Word string   // gpq's own command, "" for npm's; help and version also stand for the flags
	Npx  bool     // Args are npx's
	Args []string // npm's or npx's words, or what follows Word
	Own  argv.Own // gpq's flags, over its environment
}

// NPM is whether the call is for npm or npx.
func (c Call) NPM() bool { return c.Word == "" }

// ReadCall reads args, of which the first is the name gpq was called by: npm and npx mean what they say. Errors are of type
// *argv.UsageError, perhaps wrapped.
func ReadCall(args, env []string) (Call, error) {
	own, err := argv.FromEnv(env)
	if err != nil {
		return Call{}, err
	}
	if len(args) == 0 {
		return Call{Word: "help", Own: own}, nil
	}
	switch strings.TrimSuffix(filepath.Base(args[0]), ".exe") {
	case "npm":
		return Call{Args: args[1:], Own: own}, nil
	case "npx":
		return Call{Args: args[1:], Npx: true, Own: own}, nil
	}
	flags, rest, err := argv.Split(args[1:])
	if err != nil {
		return Call{}, err
	}
	c := Call{Args: rest, Own: flags.Over(own)}
	if len(rest) == 0 {
		c.Word = "help"
		return c, nil
	}
	switch rest[0] {
	case "npm":
		c.Args = rest[1:]
	case "npx":
		c.Args, c.Npx = rest[1:], true
	case "--help", "-h":
		c.Word, c.Args = "help", rest[1:]
	case "--version", "-v":
		c.Word, c.Args = "version", rest[1:]
	default:
		if slices.Contains(OwnWords(), rest[0]) {
			c.Word, c.Args = rest[0], rest[1:]
		}
	}
	return c, nil
}

// Name is the tool that the call is for: npm or npx.
func (c Call) Name() string {
	if c.Npx {
		return "npx"
	}
	return "npm"
}

// Parse reads the words of a call for npm as the npm found reads them, in this world; home is the user's folder.
func (c Call) Parse(npm Tool, w World, home string) argv.Command {
	return argv.Parse(c.Args, argv.Options{
		NPM: npm.Version, Npx: c.Npx, Dir: w.Dir, Home: home, Env: w.Env,
		InWorkspace: func() bool { return InWorkspace(w.Dir) },
	})
}
