// Package npmrc reads npm's configuration as npm does: its files, environment
// and command line, in layers. Beside each value it keeps where it comes from,
// for what a cloned repository says is followed less far than what the user
// says.
//
// The rule, for gpq's own requests. A layer is the project's if it is the
// project's .npmrc, or a file that only the project's .npmrc made npm read.
//
//   - A variable (${NAME}) in a project's registry address or credential is
//     filled in only where the address that results is one the user's own
//     layers name, too, or is npm's public registry: over https, or as the user
//     names it. Otherwise a repository could have any secret of the environment
//     sent to a host of its choice.
//   - A credential that stands in the project's file itself, without a variable,
//     is no secret of the user's: it goes to the host it is for.
//   - A project's proxy, certificate authority, client certificate and
//     strict-ssl=false are not followed.
//   - Over plain http a credential goes only to a registry that the user's own
//     layers name with http, or to this machine.
//
// What is not followed is told in Notes.
package npmrc

import (
	"fmt"
	"sort"
)

// Layer is where a value comes from, weakest first.
type Layer uint8

// The layers.
const (
	Default Layer = iota // npm's own default: no layer has it
	Builtin              // npmrc in npm's own folder
	Global               // <prefix>/etc/npmrc
	User                 // ~/.npmrc
	Project              // .npmrc in the project's root
	Env                  // npm_config_…
	CLI                  // --flags
	layers
)

// String names the layer.
func (l Layer) String() string {
	if l >= layers {
		return "unknown"
	}
	return [layers]string{"default", "builtin", "global", "user", "project", "environment", "command line"}[l]
}

// Origin is where a value comes from.
type Origin struct {
	Layer Layer
	File  string // "" for the default, the environment and the command line
	// FromProject: the value stands in the project's .npmrc, or in a file that
	// only the project's .npmrc named.
	FromProject bool
}

// Options are what npm would see.
type Options struct {
	Cwd  string
	Home string
	// Environ is the environment as os.Environ gives it.
	Environ []string
	// CLI has npm's flags by their full name, without hyphens; a switch has the
	// value "true" or "false".
	CLI map[string][]string
	// NPMDir is npm's own folder, whose npmrc is the builtin layer; "" for none.
	NPMDir string
	// Prefix is the folder above bin/node, npm's default prefix.
	Prefix string
	// Trusted are hosts («host» or «host:port») that the user's policy lists:
	// they count as named by the user.
	Trusted []string
}

// item is one key's value in one layer.
type item struct {
	origin   Origin
	value    value
	raw      value  // before variables were filled in
	rawKey   string // the same of the key
	expanded bool   // a variable was filled in, in key or value
}

// Config is npm's configuration. It does not change after Load.
type Config struct {
	// Root is npm's local prefix: the folder of the project.
	Root string
	// Workspace is the folder of the workspace in which Cwd lies, "" for none.
	Workspace string
	// Prefix is the global prefix.
	Prefix string
	// Files are the files that were read, by layer.
	Files map[Layer]string
	// Notes are lines for the user: what could not be read, what is not followed.
	Notes []string

	data [layers]map[string]item
	env  map[string]string
	o    Options
}

// lookup finds the item of the highest layer that has the key.
func (c *Config) lookup(key string) (item, bool) {
	for l := CLI; l > Default; l-- {
		if it, ok := c.data[l][key]; ok {
			return it, true
		}
	}
	return item{}, false
}

// own finds the item of the highest layer that is not the project's.
func (c *Config) own(key string) (item, bool) {
	for l := CLI; l > Default; l-- {
		if it, ok := c.data[l][key]; ok && !it.origin.FromProject {
			return it, true
		}
	}
	return item{}, false
}

// Get gives a value as npm's String() would write it, and the layer it is from;
// false where no layer has the key. A list gives its last element.
func (c *Config) Get(key string) (string, Layer, bool) {
	it, ok := c.lookup(key)
	if !ok || it.value.kind == null {
		return "", it.origin.Layer, false
	}
	return it.value.last(), it.origin.Layer, true
}

func (v value) last() string {
	if v.kind != list {
		return v.text
	}
	if len(v.list) == 0 {
		return ""
	}
	return v.list[len(v.list)-1].text
}

// GetAll gives the elements of a list setting.
func (c *Config) GetAll(key string) ([]string, Layer, bool) {
	it, ok := c.lookup(key)
	if !ok || it.value.kind == null {
		return nil, it.origin.Layer, false
	}
	return it.value.all(), it.origin.Layer, true
}

func (v value) all() []string {
	if v.kind != list {
		return []string{v.text}
	}
	out := make([]string, 0, len(v.list))
	for _, e := range v.list {
		out = append(out, e.text)
	}
	return out
}

// Bool gives a switch; false, false where no layer has it.
func (c *Config) Bool(key string) (yes, ok bool) {
	it, ok := c.lookup(key)
	return ok && it.value.kind == boolean && it.value.text == "true", ok
}

// ownBool gives a switch of the user's own layers.
func (c *Config) ownBool(key string) bool {
	it, ok := c.own(key)
	return ok && it.value.kind == boolean && it.value.text == "true"
}

// Origin tells where the value of a key comes from.
func (c *Config) Origin(key string) Origin {
	it, _ := c.lookup(key)
	return it.origin
}

// Keys are all keys that a layer has, sorted.
func (c *Config) Keys() []string {
	seen := map[string]bool{}
	var all []string
	for _, layer := range c.data {
		for key := range layer {
			if !seen[key] {
				seen[key] = true
				all = append(all, key)
			}
		}
	}
	sort.Strings(all)
	return all
}

func (c *Config) note(format string, args ...any) {
	c.Notes = append(c.Notes, fmt.Sprintf(format, args...))
}

// Omit gives the kinds of dependency (dev, optional, peer) that npm leaves out,
// and those it is told to keep, with npm's older settings and NODE_ENV counted.
func (c *Config) Omit() (omit, include []string) {
	omit, _, set := c.GetAll("omit")
	if !set && c.env["NODE_ENV"] == "production" {
		omit = []string{"dev"}
	}
	include, _, _ = c.GetAll("include")
	only, _, _ := c.Get("only")
	also, _, _ := c.Get("also")
	production, isSet := c.Bool("production")
	switch {
	case only != "" || production:
		omit = append(omit, "dev")
	case isSet && c.isFalse("production"):
		include = append(include, "dev")
	}
	if dev, _ := c.Bool("dev"); dev || also != "" {
		include = append(include, "dev")
	}
	if optional, isSet := c.Bool("optional"); optional {
		include = append(include, "optional")
	} else if isSet && c.isFalse("optional") {
		omit = append(omit, "optional")
	}
	return minus(omit, include), minus(include, nil)
}

// isFalse tells false from null.
func (c *Config) isFalse(key string) bool {
	it, _ := c.lookup(key)
	return it.value.kind == boolean && it.value.text == "false"
}

// minus gives each of all once, without those of not.
func minus(all, not []string) (out []string) {
	seen := map[string]bool{}
	for _, n := range not {
		seen[n] = true
	}
	for _, a := range all {
		if !seen[a] {
			seen[a] = true
			out = append(out, a)
		}
	}
	return out
}
