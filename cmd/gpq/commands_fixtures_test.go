package main

import (
	"os"
	"path/filepath"
	"testing"
)

// fixture is a state of the folders: files, and npm commands that complete it.
type fixture struct {
	files map[string]string
	npm   []string
}

func manifest(rest string) map[string]string {
	if rest != "" {
		rest = ", " + rest
	}
	return map[string]string{"project/package.json": `{"name": "p", "version": "1.0.0", "scripts": {"hello": "echo hello", "test": "echo tested"}` + rest + "}\n"}
}

// furnish makes the states, with npm alone.
func (s *shelf) furnish(t *testing.T) {
	workspaces := func(dep string) map[string]string {
		files := manifest(`"workspaces": ["packages/*"]`)
		files["project/packages/a/package.json"] = `{"name": "a", "version": "1.0.0", "dependencies": {` + dep + `}}` + "\n"
		files["project/packages/b/package.json"] = `{"name": "b", "version": "1.0.0", "dependencies": {"a": "*"}}` + "\n"
		return files
	}
	folders := manifest("")
	folders["project/good/package.json"] = `{"name": "good", "version": "1.0.0", "dependencies": {"plain": "^1.0.0"}}` + "\n"
	folders["project/bad/package.json"] = `{"name": "bad", "version": "1.0.0", "dependencies": {"evil": "^1.0.0"}}` + "\n"
	sub := manifest("")
	sub["project/sub/file"] = "x"
	own := manifest(`"bin": {"mine": "mine.js"}, "dependencies": {"plain": "^1.0.0"}`)
	own["project/mine.js"] = "#!/usr/bin/env node\nconsole.log('mine', ...process.argv.slice(2))\n"
	below := workspaces(`"plain": "^1.0.0"`)
	below["project/packages/a/package.json"] = `{"name": "a", "version": "1.0.0", "bin": {"mine": "mine.js"}, "dependencies": {"plain": "^1.0.0"}}` + "\n"
	below["project/packages/a/mine.js"] = own["project/mine.js"]
	binned := manifest("")
	binned["project/bin/evil"] = "#!/bin/sh\n"
	other := manifest("")
	other["project/other"] = "registry=" + s.registry.URL + "\n"
	all := map[string]fixture{
		"own-bin":              {own, nil},
		"own-bin-below":        {below, []string{"install cli"}},
		"bin-folder":           {binned, nil},
		"npmrc":                {other, nil},
		"":                     {manifest(""), nil},
		"sub":                  {sub, nil},
		"range":                {manifest(`"dependencies": {"top": "^1.0.0"}`), nil},
		"lock":                 {manifest(`"dependencies": {"top": "^1.0.0"}`), []string{"install --package-lock-only"}},
		"dev":                  {manifest(`"dependencies": {"plain": "^1.0.0"}, "devDependencies": {"top": "^1.0.0"}`), []string{"install --package-lock-only"}},
		"old":                  {manifest(`"dependencies": {"twice": "^1.0.0"}`), []string{"install twice@1.0.0"}},
		"holed":                {manifest(`"dependencies": {"holed": "^1.0.0"}`), []string{"install holed@1.0.0"}},
		"local-bin":            {manifest(""), []string{"install cli"}},
		"global-bin":           {manifest(""), []string{"install -g cli"}},
		"native-in":            {manifest(""), []string{"install native --ignore-scripts"}},
		"workspaces":           {workspaces(`"plain": "^1.0.0"`), []string{"install"}},
		"workspaces-bad-range": {workspaces(`"evil": "^1.0.0"`), nil},
		"folders":              {folders, []string{"pack ./bad ./good"}},
		"evil-range":           {manifest(`"dependencies": {"evil": "^1.0.0"}`), nil},
		"evil-dev":             {manifest(`"devDependencies": {"evil": "^1.0.0"}`), nil},
		"evil-lock":            {manifest(`"dependencies": {"evil": "^1.0.0"}`), []string{"install --package-lock-only --ignore-scripts"}},
		"evil-in":              {manifest(`"dependencies": {"evil": "^1.0.0"}`), []string{"install --ignore-scripts"}},
		"evil-old":             {manifest(`"dependencies": {"evil": "^1.0.0"}`), []string{"install evil@1.0.0"}},
		"global-old":           {manifest(""), []string{"install -g evil@1.0.0"}},
		"global-good-old":      {manifest(""), []string{"install -g twice@2.0.0"}},
		"npx-evil-old":         {manifest(""), []string{"exec -y --package=evil@1.0.0 -- node -v"}},
	}
	for name, f := range all {
		r := &room{shelf: s, t: t, dir: filepath.Join(s.dir, "fixtures", "of "+name)}
		r.reset("")
		for file, text := range f.files {
			write(t, r.at(file), text)
		}
		for _, words := range f.npm {
			if got := r.npm(s.words(words)...); got.code != 0 {
				t.Fatalf("%s: npm %s: %s", name, words, got)
			}
		}
		_ = os.Remove(r.at("starts"))
		s.fixtures[name] = r.dir
	}
}
