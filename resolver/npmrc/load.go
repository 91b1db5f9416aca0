package npmrc

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// maxFile bounds one .npmrc.
const maxFile = 4 << 20

// Load reads all layers. What is wrong with a file is a note; an error is only
// a missing Cwd.
func Load(o Options) (*Config, error) {
	if !filepath.IsAbs(o.Cwd) {
		return nil, fmt.Errorf("npmrc: the folder %q is not absolute", o.Cwd)
	}
	c := &Config{o: o, env: environment(o.Environ), Files: map[Layer]string{}}
	l := loader{Config: c, reader: reader{types: types(), env: c.env, cwd: o.Cwd, home: o.Home}}
	if home := c.env["HOME"]; home != "" {
		l.home = home
	}
	l.prefixes()
	if o.NPMDir != "" {
		l.file(Builtin, filepath.Join(o.NPMDir, "npmrc"), false)
	}
	l.commandLine()
	l.environ()
	l.project()
	l.user()
	l.global()
	for layer := Global; layer < layers; layer++ {
		l.validate(layer)
	}
	c.judge()
	c.Prefix, _ = l.prefix()
	return c, nil
}

func environment(environ []string) map[string]string {
	env := make(map[string]string, len(environ))
	for _, e := range environ {
		if i := strings.IndexByte(e, '='); i > 0 {
			env[e[:i]] = e[i+1:]
		}
	}
	return env
}

type loader struct {
	*Config
	reader
}

// prefixes works out the default of the global prefix.
func (l *loader) prefixes() {
	l.Prefix = l.o.Prefix
	switch {
	case l.Config.env["PREFIX"] != "":
		l.Prefix = l.Config.env["PREFIX"]
	case l.Config.env["DESTDIR"] != "":
		l.Prefix = filepath.Join(l.Config.env["DESTDIR"], l.Prefix)
	}
}

// prefix is the global prefix as far as the layers are read, and whether the
// project named it.
func (l *loader) prefix() (string, bool) {
	if it, ok := l.lookup("prefix"); ok && it.value.kind == str {
		return it.value.text, it.origin.FromProject
	}
	return l.Prefix, false
}

func (l *loader) put(origin Origin, key string, v value) {
	k := expand(key, l.reader.env)
	out, expanded := l.field(v, k)
	if l.data[origin.Layer] == nil {
		l.data[origin.Layer] = map[string]item{}
	}
	l.data[origin.Layer][k] = item{
		origin: origin, value: out, raw: v, rawKey: key, expanded: expanded || k != key,
	}
}

func (l *loader) commandLine() {
	for key, values := range l.o.CLI {
		v := value{kind: list}
		for _, s := range values {
			v.list = append(v.list, value{kind: str, text: s})
		}
		if len(values) == 0 {
			continue
		}
		if !l.types[key].array {
			v = v.list[len(v.list)-1]
		}
		l.put(Origin{Layer: CLI}, key, v)
	}
}

// environ reads npm_config_…, in any case. Underscores stand for hyphens but at
// the start; a key that begins with // is taken as it is.
func (l *loader) environ() {
	for _, e := range l.o.Environ {
		const mark = "npm_config_"
		i := strings.IndexByte(e, '=')
		if i <= len(mark) || !strings.EqualFold(e[:len(mark)], mark) || e[i+1:] == "" {
			continue
		}
		key := e[len(mark):i]
		if !strings.HasPrefix(key, "//") {
			key = strings.ToLower(key[:1] + strings.ReplaceAll(key[1:], "_", "-"))
		}
		l.put(Origin{Layer: Env}, key, value{kind: str, text: e[i+1:]})
	}
}

// file reads one file into a layer. A missing one is nothing.
func (l *loader) file(layer Layer, path string, fromProject bool) {
	for other, read := range l.Files {
		if read == path {
			l.note("%s is the %s configuration and the %s one at once: npm refuses that", path, other, layer)
			return
		}
	}
	text, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNoFile) {
		return
	}
	if err != nil {
		l.note("%s cannot be read: %v", path, err)
		return
	}
	l.Files[layer] = path
	pairs, bad := parseINI(text)
	for _, reason := range bad {
		l.note("%s, %s", path, reason)
	}
	for _, p := range pairs {
		l.put(Origin{Layer: layer, File: path, FromProject: fromProject}, p.key, p.value)
	}
}

var errNoFile = errors.New("not a file")

func readFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", errNoFile
	}
	f, err := os.Open(path) //nolint:gosec // npm reads it too
	if err != nil {
		return "", err
	}
	defer f.Close() //nolint:errcheck // only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	return string(data), err
}

// project finds the project's root, and reads its .npmrc unless npm is about
// the global folder.
func (l *loader) project() {
	global := l.isGlobal()
	l.findRoot(global)
	if global {
		return
	}
	path := filepath.Join(l.Root, ".npmrc")
	if path != l.userFile() {
		l.file(Project, path, true)
	}
}

func (l *loader) isGlobal() bool {
	yes, _ := l.Bool("global")
	location, _, _ := l.Get("location")
	return yes || location == "global"
}

func (l *loader) userFile() string {
	if it, ok := l.lookup("userconfig"); ok && it.value.kind == str {
		return it.value.text
	}
	return filepath.Join(l.home, ".npmrc")
}

func (l *loader) user() {
	it, _ := l.lookup("userconfig")
	if it.origin.FromProject {
		l.note("%s names a user configuration of its own (userconfig): taken as the project's", it.origin.File)
	}
	if it.origin.FromProject || l.home != "" || it.value.kind == str {
		l.file(User, l.userFile(), it.origin.FromProject)
	}
}

func (l *loader) global() {
	prefix, fromProject := l.prefix()
	path := filepath.Join(prefix, "etc", "npmrc")
	if it, ok := l.lookup("globalconfig"); ok && it.value.kind == str {
		path, fromProject = it.value.text, it.origin.FromProject
	} else if prefix == "" {
		return
	}
	l.file(Global, path, fromProject)
}

// validate drops the values that npm would find invalid.
func (l *loader) validate(layer Layer) {
	for key, it := range l.data[layer] {
		v, ok := l.clean(it.value, key)
		if !ok {
			where := it.origin.File
			if where == "" {
				where = layer.String()
			}
			l.note("%s: %s has a value that npm does not take; it counts as not set", where, key)
			delete(l.data[layer], key)
			continue
		}
		it.value = v
		l.data[layer][key] = it
	}
}
