package shim

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// managers are version managers whose npm is a shim that looks for the real one itself, by what their paths contain.
var managers = [...]struct{ name, in string }{
	{"asdf", "/.asdf/shims/"},
	{"asdf", "/asdf/shims/"},
	{"mise", "/mise/shims/"},
	{"mise", "/bin/mise"},
	{"volta", "/.volta/bin/"},
	{"volta", "/volta-shim"},
	{"nodenv", "/.nodenv/shims/"},
	{"nodenv", "/nodenv/shims/"},
	{"proto", "/.proto/shims/"},
	{"proto", "/proto-shim"},
	{"corepack", "/corepack/"},
}

func manager(t Tool) string {
	for _, m := range managers {
		if strings.Contains(filepath.ToSlash(t.Path), m.in) || strings.Contains(filepath.ToSlash(t.Real), m.in) {
			return m.name
		}
	}
	if head := firstBytes(t.Real, 1024); strings.HasPrefix(head, "#!") {
		for _, name := range []string{"asdf", "mise", "nodenv", "proto"} {
			if strings.Contains(head, name+" exec ") || strings.Contains(head, name+"\" exec ") {
				return name
			}
		}
	}
	return ""
}

func firstBytes(path string, n int) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	b, _ := io.ReadAll(io.LimitReader(f, int64(n)))
	return string(b)
}

// packageVersion is the version of the npm whose script lies at real, from the package.json of the package it is in.
func packageVersion(real string) string {
	switch filepath.Base(real) {
	case "npm-cli.js", "npx-cli.js", "npm", "npx":
	default:
		return ""
	}
	if filepath.Base(filepath.Dir(real)) != "bin" {
		return ""
	}
	f, err := os.Open(filepath.Join(filepath.Dir(filepath.Dir(real)), "package.json"))
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	var pkg struct{ Name, Version string }
	if json.NewDecoder(io.LimitReader(f, 1<<20)).Decode(&pkg) != nil || pkg.Name != "npm" {
		return ""
	}
	return pkg.Version
}
