package paritytest

import "gpq/resolver"

// one is a case of steps without files.
func one(steps ...execStep) execCase { return execCase{steps: steps} }

func as(words string) execStep                             { return execStep{words: words} }
func asOf(days int, words string) execStep                 { return execStep{words: words, before: days} }
func setup(days int, words string) execStep                { return execStep{words: words, before: days, setup: true} }
func project(text string) map[string]string                { return map[string]string{"project/package.json": text} }
func (s execStep) below(dir string) execStep               { s.in = dir; return s }
func (s execStep) failing() execStep                       { s.fails = true; return s }
func (s execStep) with(o resolver.Options) execStep        { s.options = o; return s }
func (c execCase) plain() execCase                         { c.always = true; return c }
func (c execCase) having(files map[string]string) execCase { c.files = files; return c }

func execCases() map[string]execCase {
	return map[string]execCase{
		"name":                   one(as("exec cli"), as("exec cli")),
		"name in an old folder":  one(setup(150, "exec cli"), as("exec cli"), as("exec cli")),
		"name after older":       one(setup(600, "exec sole"), as("exec sole"), as("exec sole")).plain(),
		"an older one wanted":    one(setup(0, "exec sole"), asOf(150, "exec sole"), as("exec sole")),
		"range in an old folder": one(setup(600, "exec sole@^1.0.0"), as("exec sole@^1.0.0"), as("exec sole@^1.0.0")),
		"star in an old folder":  one(setup(150, "exec cli@*"), as("exec cli@*"), as("exec cli@")),
		"version":                one(as("exec cli@1.0.0"), as("exec cli@1.0.0"), as("exec sole@1.0.0")),
		"version loose":          one(as("exec cli@v1.0.0"), as("exec cli@v1.0.0")),
		"tag":                    one(as("exec sole@old"), as("exec sole@old"), as("exec sole@next")),
		"tag in an old folder":   one(setup(600, "exec sole@latest"), as("exec sole@latest")),
		"alias":                  one(as("exec foo@npm:sole@1.0.0"), as("exec foo@npm:sole@1.0.0")).plain(),
		"alias of a range":       one(as("exec --package=x@npm:top@^1.0.0 -- node -v"), as("exec --package=x@npm:top@^1.0.0 -- node -v")),
		"several":                one(as("exec --package=top --package=sole@1 -- node -v"), as("exec --package=sole@1 --package=top -- node -v")),
		"several, one newer":     one(setup(600, "exec --package=sole --package=twice -- node -v"), as("exec --package=sole --package=twice -- node -v")),
		"several spellings":      one(as("exec --package=cli --package=@scope/tool --package=plain@1.0.0 --package=twice@next -- node -v")),
		"call":                   one(as("exec --package=top -c true")),
		"scoped":                 one(as("exec @scope/tool")),
		"peers":                  one(as("exec host"), as("exec --package=host --package=twice@2.0.0 -- node -v").failing(), as("exec --force --package=host --package=twice@2.0.0 -- node -v").with(resolver.Options{Force: true})),
		"legacy peers":           one(as("exec --legacy-peer-deps host").with(resolver.Options{LegacyPeerDeps: true})),
		"omit optional":          one(as("exec --omit=optional host").with(resolver.Options{Omit: []string{"optional"}})),
		"omit dev, saved as dev": one(as("exec --omit=dev -D --package=host -- node -v").with(resolver.Options{Omit: []string{"dev"}, Save: "dev"})),
		"omit peer":              one(as("exec --omit=peer host").with(resolver.Options{Omit: []string{"peer"}})),
		"strategy nested":        one(as("exec --install-strategy=nested sole").with(resolver.Options{InstallStrategy: "nested"})),
		"strategy shallow":       one(as("exec --install-strategy=shallow --package=top -- node -v").with(resolver.Options{InstallStrategy: "shallow"})),
		"no lockfile": one(setup(150, "exec --no-package-lock --package=twice@1 --package=top -- node -v"),
			as("exec --no-package-lock --package=twice@1 --package=top -- node -v").with(resolver.Options{NoPackageLock: true})),
		"no save":               one(setup(600, "exec --no-save sole"), as("exec --no-save sole").with(resolver.Options{NoSave: true}), as("exec sole")),
		"not there":             one(as("exec nowhere-to-be-found").failing(), as("exec cli@9").failing()),
		"init":                  one(as("init thing"), as("init thing"), as("create thing@1.0.0"), as("init thing@latest")),
		"init in an old folder": one(setup(150, "init thing"), as("init thing"), as("init thing@latest")),
		"init scope":            one(as("init @fine"), as("create @fine@1"), as("create @fine@2"), as("init @fine@2.0.0")),
		"init odd":              one(as("init ./thing").failing(), as("init http://127.0.0.1:1/x.tgz").failing()),
		"in the project": one(setup(0, "install sole@1.1.0"), as("exec sole"), as("exec sole@1"), as("exec sole@1.1.0"), as("exec sole@^2.0.0"), as("exec sole@next"), as("exec so")).plain().
			having(project(`{"name":"p","version":"1.0.0"}`)),
		"tag in the project": one(setup(0, "install sole"), as("exec sole@latest"), as("exec sole@next"), as("exec sole@old")).
			having(project(`{"name":"p","version":"1.0.0"}`)),
		"deep in the project": one(setup(0, "install top"), as("exec --package=twice -- node -v"), as("exec --package=twice@1 -- node -v"), as("exec --package=twice@3.0.0-beta.1 -- node -v"), as("exec --package=twice@2.0.0 -- node -v")).
			having(project(`{"name":"p","version":"1.0.0"}`)),
		"alias in the project": one(setup(0, "install so@npm:sole@1.1.0"), as("exec --package=sole@1.1.0 -- node -v"), as("exec --package=so -- node -v").failing(), as("exec --package=sole@1.0.0 -- node -v")).
			having(project(`{"name":"p","version":"1.0.0"}`)),
		"without a record": one(setup(0, "install sole@1.1.0"), as("exec sole@1"), as("exec sole@old"), as("exec --package=plain@1 -- node -v")).
			having(map[string]string{"project/package.json": `{"name":"p","version":"1.0.0"}`, "project/node_modules/plain/package.json": `{"name":"plain","version":"1.0.0"}`}),
		"the project itself": one(as("exec --package=p@3 -- node -v"), as("exec mine")).
			having(map[string]string{"project/package.json": `{"name":"p","version":"3.0.0","bin":{"mine":"x.js"},"dependencies":{"plain":"1.0.0"}}`, "project/x.js": "#!/usr/bin/env node\n"}),
		"a workspace": one(as("exec --package=wa -- node -v"), as("exec --package=wa@2 -- node -v").failing(), as("exec -w wa cli"), as("exec -w wa mine")).
			having(map[string]string{"project/package.json": `{"name":"p","version":"1.0.0","workspaces":["wa"]}`, "project/wa/package.json": `{"name":"wa","version":"1.0.0","bin":{"mine":"x.js"}}`, "project/wa/x.js": "#!/usr/bin/env node\n"}),
		"in the global folder":      one(setup(0, "install -g sole@1.1.0"), as("exec sole"), as("exec sole@1"), as("exec so"), as("exec sole@2"), as("exec --package=sole@1 -- node -v")),
		"deep in the global folder": one(setup(0, "install -g top"), as("exec --package=twice@2 -- node -v"), as("exec cli")),
		"globally":                  one(execStep{words: "exec -g sole", global: true, ends: true}, execStep{words: "exec -g sole", global: true, ends: true}, execStep{words: "exec -g --package=top -- node -v", global: true, ends: true}),
		"a tarball": one(as("exec --package=./x.tgz -- node -v"), as("exec --package=./x.tgz -- node -v"), as("exec --package={}/project/x.tgz -- node -v")).
			having(map[string]string{"project/package.json": `{}`, "project/x.tgz": `{"name":"x","version":"1.0.0","dependencies":{"plain":"1.0.0"}}`}),
		"a tarball from below": one(as("exec --package=../x.tgz -- node -v").below("sub").failing(), as("exec --package=./x.tgz -- node -v").below("sub").failing()).
			having(map[string]string{"project/package.json": `{}`, "project/x.tgz": `{"name":"x","version":"1.0.0","dependencies":{"plain":"1.0.0"}}`, "project/sub/y": ""}),
		"a folder": one(as("exec --package=./d -- node -v"), as("exec --package=./d -- node -v"), as("exec --package={}/project/d --package=plain -- node -v"), as("exec --package=../d -- node -v").below("sub")).
			having(map[string]string{"project/package.json": `{}`, "project/d/package.json": `{"name":"d","version":"1.0.0","dependencies":{"plain":"1.0.0"}}`, "project/sub/y": ""}),
		"a folder, copied": one(as("exec --install-links --package=./d -- node -v").with(resolver.Options{InstallLinks: true})).
			having(map[string]string{"project/package.json": `{}`, "project/d/package.json": `{"name":"own","version":"1.0.0","dependencies":{"plain":"1.0.0"}}`}),
	}
}
