package shim

import (
	"reflect"
	"testing"

	"gpq/shim/argv"
)

func TestInitSpec(t *testing.T) {
	for in, want := range map[string]string{
		"vite": "create-vite@*", "vite@latest": "create-vite@latest", "@s": "@s/create", "@s@2": "@s/create@2",
		"@s/foo": "@s/create-foo@*", "@s/foo@1": "@s/create-foo@1", "user/proj": "user/create-proj",
		"": "", "https://x/y": "", "./dir": "", "a/b/c": "", "@": "",
	} {
		got, ok := InitSpec(in)
		if !ok {
			got = ""
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestTarget(t *testing.T) {
	d := real(t)
	write(t, d+"/node_modules/.bin/up", sh, 0o755)
	write(t, d+"/p/node_modules/.bin/here", sh, 0o755)
	write(t, d+"/p/package.json", `{"name":"@s/own","bin":"./cli.js"}`, 0o644)
	write(t, d+"/g/glob", sh, 0o755)
	write(t, d+"/p/w/a/node_modules/.bin/both", sh, 0o755)
	write(t, d+"/p/w/a/package.json", `{"name":"a","bin":{"mine":"x.js"}}`, 0o644)
	write(t, d+"/p/w/b/package.json", `{"name":"b"}`, 0o644)
	p := Places{Prefix: d + "/p", GlobalBin: d + "/g"}
	inA := Places{Prefix: d + "/p", Folders: []string{d + "/p/w/a"}}
	inAll := Places{Prefix: d + "/p", Folders: []string{d + "/p/w/a", d + "/p/w/b"}}
	for _, c := range []struct {
		words  []string
		places Places
		want   Target
	}{
		{[]string{"exec"}, p, Target{Kind: TargetShell}},
		{[]string{"exec", "here"}, p, Target{Kind: TargetLocal, Bin: d + "/p/node_modules/.bin/here"}},
		{[]string{"exec", "up"}, p, Target{Kind: TargetLocal, Bin: d + "/node_modules/.bin/up"}},
		{[]string{"exec", "glob"}, p, Target{Kind: TargetGlobal, Bin: d + "/g/glob"}},
		{[]string{"exec", "own"}, p, Target{Kind: TargetProject, Specs: []string{d + "/p"}}},
		{[]string{"exec", "cowsay@1", "hi"}, p, Target{Kind: TargetPackages, Specs: []string{"cowsay@1"}}},
		{[]string{"exec", "here@1"}, p, Target{Kind: TargetPackages, Specs: []string{"here@1"}}},
		{[]string{"exec", "here"}, Places{Prefix: d + "/p", Packages: []string{"a"}}, Target{Kind: TargetPackages, Specs: []string{"a"}}},
		{[]string{"exec"}, Places{Prefix: d + "/p", Call: "ls"}, Target{Kind: TargetShell}},
		{[]string{"exec", "here"}, inA, Target{Kind: TargetLocal, Bin: d + "/p/node_modules/.bin/here"}},
		{[]string{"exec", "both"}, inA, Target{Kind: TargetLocal, Bin: d + "/p/w/a/node_modules/.bin/both"}},
		{[]string{"exec", "mine"}, inA, Target{Kind: TargetProject, Specs: []string{d + "/p/w/a"}}},
		{[]string{"exec", "own"}, inA, Target{Kind: TargetProject, Specs: []string{d + "/p"}}},
		{[]string{"exec", "both"}, inAll, Target{Kind: TargetPackages, Specs: []string{"both"}}},
		{[]string{"exec", "cowsay"}, inAll, Target{Kind: TargetPackages, Specs: []string{"cowsay"}}},
		{[]string{"init", "vite"}, p, Target{Kind: TargetPackages, Specs: []string{"create-vite@*"}}},
		{[]string{"init", "https://x/y"}, p, Target{}},
		{[]string{"install", "here"}, p, Target{}},
	} {
		got := TargetOf(argv.Parse(c.words, argv.Options{NPM: "11.0.0"}), c.places)
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %+v, want %+v", c.words, got, c.want)
		}
		if got.Fetches() != (got.Kind == TargetUnknown || got.Kind == TargetProject || got.Kind == TargetPackages) {
			t.Errorf("%q: fetches %v", c.words, got.Fetches())
		}
	}
}

func TestInWorkspace(t *testing.T) {
	d := real(t)
	write(t, d+"/mono/package.json", `{"workspaces":["a"]}`, 0o644)
	write(t, d+"/mono/a/package.json", `{}`, 0o644)
	write(t, d+"/plain/package.json", `{"name":"workspaces"}`, 0o644)
	write(t, d+"/bad/package.json", `{`, 0o644)
	for dir, want := range map[string]bool{"/mono": true, "/mono/a": true, "/mono/a/b/c": true, "/plain": false, "/bad": true, "/none": false} {
		if got := InWorkspace(d + dir); got != want {
			t.Errorf("%s: %v", dir, got)
		}
	}
}
