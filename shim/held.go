package shim

import (
	_ "embed" // held.cjs
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"
)

// heldScript is what node runs ahead of npm; see Hold.
//
//go:embed held.cjs
var heldScript []byte

// word is what a held npm is told to go on with.
type word struct {
	Args  []string          `json:"args"`
	Set   map[string]string `json:"set"` // variables that are others than when node was started
	Unset []string          `json:"unset"`
}

// newWord is nil where node could not be told: what it reads is UTF-8.
func newWord(args, before, now []string) []byte {
	w := word{Args: append([]string{}, args...), Set: map[string]string{}, Unset: []string{}}
	was, is := variables(before), variables(now)
	for name, value := range is {
		if old, there := was[name]; !there || old != value {
			w.Set[name] = value
			args = append(args[:len(args):len(args)], name, value)
		}
	}
	for name := range was {
		if _, there := is[name]; !there {
			w.Unset = append(w.Unset, name)
			args = append(args[:len(args):len(args)], name)
		}
	}
	for _, text := range args {
		if !utf8.ValidString(text) {
			return nil
		}
	}
	told, err := json.Marshal(w)
	if err != nil {
		return nil
	}
	return told
}

// variables has the last value of each name, as a process gets it.
func variables(env []string) map[string]string {
	all := make(map[string]string, len(env))
	for _, kv := range env {
		if name, value, ok := strings.Cut(kv, "="); ok && name != "" {
			all[name] = value
		}
	}
	return all
}

// script gives the node that runs npm's own script, where that is what the tool
// is: nothing in between, and nothing that node is told to load beside.
func (t Tool) script(w World) (node Tool, ok bool) {
	if !t.direct() || filepath.Base(t.Real) != "npm-cli.js" || w.get("NODE_OPTIONS") != "" {
		return Tool{}, false
	}
	line, _, _ := strings.Cut(firstBytes(t.Real, 256), "\n")
	if words := strings.Fields(line); len(words) == 0 || !strings.HasPrefix(path.Base(words[len(words)-1]), "node") {
		return Tool{}, false
	}
	node, err := nodeOf(t, w)
	return node, err == nil
}

// loadsFrom says whether node loads a script ahead of another one in this folder: it reads the nearest package.json before
// that, and ends with an outcry of its own where that is no JSON. npm by itself says it better.
func loadsFrom(dir string) bool {
	if !filepath.IsAbs(dir) {
		return false
	}
	const most = 1 << 20
	for {
		file := filepath.Join(dir, "package.json")
		info, err := os.Stat(file)
		if err == nil {
			return info.Mode().IsRegular() && info.Size() <= most && json.Valid([]byte(firstBytes(file, most)))
		}
		above := filepath.Dir(dir)
		if !errors.Is(err, fs.ErrNotExist) || above == dir {
			return errors.Is(err, fs.ErrNotExist)
		}
		dir = above
	}
}
