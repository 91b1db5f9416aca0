package argv

import (
	"strings"
	"time"
)

// Class is what a command does to packages, as far as gpq treats it differently.
type Class uint8

// The zero value is a command that gpq does not know: it may do anything.
const (
	Unknown  Class = iota
	Harmless       // neither fetches packages nor runs their code at gpq's asking: run, ls, view, config, …
	Install        // install, install-test
	CI             // ci, install-ci-test
	Update
	Exec // exec, npx
	Init // init with an initializer (runs create-…), or for a workspace
	AuditFix
	Dedupe // dedupe, find-dupes
	Link
	Rebuild
	Uninstall
	Prune
	Edit    // ends in a rebuild
	Patch   // npm 12
	Version // version with a new one: in a workspace it installs again
	Fetch   // fetches what is named and runs at most what git dependencies prepare: pack, diff, cache add, stage download, publish, view and others with a spec that is no plain name
)

var classNames = [...]string{"unknown", "harmless", "install", "ci", "update", "exec", "init", "audit-fix", "dedupe", "link", "rebuild", "uninstall", "prune", "edit", "patch", "version", "fetch"}

// String is a lower-case word for c.
func (c Class) String() string {
	if int(c) < len(classNames) {
		return classNames[c]
	}
	return classNames[Unknown]
}

// Command is a command line as npm reads it. The zero Command may fetch.
type Command struct {
	Args        []string            // what npm gets, word for word; for npx what npx gets
	Npx         bool                // called as npx
	Name        string              // npm's own name of the command (install for i, in, add, …); "" where there is none or it is unknown
	Verb        string              // the word it was called by; "" where there is none
	Positionals []string            // what follows the verb and is no flag
	Config      map[string][]string // what flags say, typed and written as npm would: global → true, omit → dev, peer, proxy → null
	Class       Class
	Prints      bool     // npm prints its version or a help page and does nothing else
	Unknown     []string // flags that this npm does not know
	Unsure      []string // flags with a value that npm may be able to read and gpq is not (dates in odd forms); not in Config
	Refused     string   // why npm itself refuses the line; "" where gpq knows of no reason
	Notes       []string // unknown:KEY>NEXT, invalid:KEY, abbrev:FROM>TO, unsure:KEY, in the order of the line

	why    string
	passes bool
}

// MayFetch is whether npm may fetch packages or run their code for this line, or gpq cannot tell.
func (c Command) MayFetch() bool { return !c.passes }

// Why says in a few words why the line may fetch; "" where it may not.
func (c Command) Why() string {
	if c.passes {
		return ""
	}
	if c.why == "" {
		return "nothing is known of it"
	}
	return c.why
}

// Flag is the last value of a flag on the command line, "" where it has none there.
func (c Command) Flag(name string) string {
	v := c.Config[name]
	if len(v) == 0 {
		return ""
	}
	return v[len(v)-1]
}

// Options are what a reading depends on besides the words.
type Options struct {
	NPM  string // version of the npm that will run, like 11.19.1; "" where it is not known: then every npm is asked
	Npx  bool   // the words are npx's
	Dir  string // working directory, absolute; paths are left relative without one
	Home string // for ~/; left as it is without one
	// Zone is local time, for dates without one; UTC where nil.
	Zone *time.Location
	// Env is the environment as KEY=VALUE, for the few settings that make a harmless command a fetching one.
	Env []string
	// InWorkspace says whether Dir lies in a workspace of a project above it; nil counts as yes. It is asked at most once
	// and only for commands to which it matters.
	InWorkspace func() bool
}

// npm is the column of the tables for a version; exact is false for versions the tables are not from.
func (o Options) npm() (m mask, exact bool) {
	major, _, _ := strings.Cut(strings.TrimPrefix(o.NPM, "v"), ".")
	switch major {
	case "10":
		return npm10, true
	case "11":
		return npm11, true
	case "12":
		return npm12, true
	case "1", "2", "3", "4", "5", "6", "7", "8", "9":
		return npm10, false
	}
	return npm12, false
}

// Parse reads args as npm does. It is total: what it cannot tell may fetch.
func Parse(args []string, o Options) Command {
	npm, exact := o.npm()
	c := parseFor(npm, args, o)
	if !exact {
		c.inexact()
	}
	if !c.passes {
		return c
	}
	for _, other := range [...]mask{npm10, npm11, npm12} {
		if other == npm {
			continue
		}
		// What another npm does not know, it refuses; what this one knows to be harmless stays so.
		if d := parseFor(other, args, o); !d.passes && d.Class != Unknown && d.Class != Harmless {
			c.doubtful("another version would read it as npm " + d.Name)
			return c
		}
	}
	return c
}

// inexact distrusts a reading by tables that are not of this npm: any flag before the verb may take it for its value.
func (c *Command) inexact() {
	for _, a := range c.Args {
		if a == c.Verb {
			return
		}
		if strings.HasPrefix(a, "-") && !c.Prints && !strings.Contains(a, "=") {
			c.doubtful("the flags of this npm are not known exactly")
			return
		}
	}
}

func parseFor(npm mask, args []string, o Options) Command {
	c := Command{Args: args, Npx: o.Npx}
	words := args
	if o.Npx {
		words = npxWords(npm, args)
	}
	r := newReader(npm, words)
	_ = r.read() // without hooks it cannot fail
	c.Config = r.config(o)
	c.Notes, c.Unsure = r.notes, r.unsure
	for _, u := range r.unknown {
		c.Unknown = append(c.Unknown, u.name)
	}
	c.positionals(r.remain, npm)
	c.Refused = refusal(npm, words, r)
	c.classify(r, o)
	return c
}

func (c *Command) positionals(remain []token, npm mask) {
	if len(remain) == 0 {
		return
	}
	c.Verb = remain[0].text
	c.Name, _ = npm.deref(c.Verb)
	for _, t := range remain[1:] {
		c.Positionals = append(c.Positionals, t.text)
	}
}

// refusal is what npm 12 throws on: an abbreviated flag, a shorthand of several letters behind one hyphen anywhere on
// the line, a flag it does not know.
func refusal(npm mask, words []string, r *reader) string {
	if npm != npm12 {
		return ""
	}
	for _, w := range words {
		if len(w) > 2 && w[0] == '-' && w[1] != '-' {
			if _, ok := npm.short(w[1:]); ok {
				return w + " is not a valid single-hyphen flag"
			}
		}
	}
	if len(r.abbrevs) > 0 {
		return "--" + r.abbrevs[0] + " is an abbreviated flag"
	}
	return ""
}
