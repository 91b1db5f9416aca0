package paritytest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpq/resolver"
	"gpq/resolver/fetch"
	"gpq/resolver/registry"
	"gpq/resolver/store"
	"gpq/resolver/tree"
)

// wellKnown are the packages of the wide comparison.
const wellKnown = `express; react; lodash@3; chalk@^4; foo@npm:is-number@7; eslint; @babel/core; next; @angular/cli; jest; react-scripts;
typescript-eslint; nuxt; webpack; vite; @nestjs/core; mocha; gatsby-cli; react@17 react-dom@18; eslint@7 eslint-config-airbnb@19;
@angular/core@15 @angular/material@17; react-native; webpack@4 webpack-cli; @vue/cli; gulp@4; aws-cdk-lib; firebase-tools; npm@10; lerna;
storybook; expo; electron-builder; nx; svelte @sveltejs/kit; vitest; karma; ember-cli; aws-cdk; serverless; prisma; typeorm;
graphql apollo-server; @mui/material; esbuild; rollup; tailwindcss; puppeteer; socket.io; knex; sequelize`

// liveSpecs are what GPQ_PARITY_LIVE asks to compare.
func liveSpecs(t *testing.T) [][]string {
	t.Helper()
	asked := os.Getenv("GPQ_PARITY_LIVE")
	if asked == "" {
		t.Skip("GPQ_PARITY_LIVE is not set: the real registry is not asked")
	}
	if asked == "all" {
		asked = wellKnown
	}
	var out [][]string
	for _, s := range strings.Split(asked, ";") {
		if f := strings.Fields(s); len(f) > 0 {
			out = append(out, f)
		}
	}
	return out
}

func client(t *testing.T) *registry.Client {
	t.Helper()
	dir := os.Getenv("GPQ_PARITY_CACHE")
	if dir == "" {
		dir = t.TempDir()
	}
	s, err := store.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return registry.New(fetch.New(fetch.Options{Store: s, Now: time.Now}), registry.Options{Store: s})
}

// TestLive compares trees of empty projects with one package added.
func TestLive(t *testing.T) {
	specs := liveSpecs(t)
	c := client(t)
	for _, n := range npms(t) {
		for _, s := range specs {
			t.Run("npm"+n.major()+"/"+strings.Join(s, "+"), func(t *testing.T) {
				live(t, n, c, s)
			})
		}
	}
}

func live(t *testing.T, n npm, c *registry.Client, specs []string) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "package.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	r := resolver.New(resolver.Settings{Source: c, RegistryOf: c.RegistryFor})
	req := resolver.Request{Dir: dir, Cwd: dir, Specs: specs, Options: resolver.Options{
		Platform: resolver.Platform{OS: "linux", CPU: "x64", Libc: "glibc", Node: n.node, NPM: n.version}}}
	plan, err := r.Resolve(context.Background(), req)
	took := time.Since(start)
	o := base(n, dir)
	o.Add, o.Complete = specs, true
	gpq := ours(o, tree.Deps{Source: c, Picker: newPicker(n), Contents: r.Contents()})
	start = time.Now()
	npm := n.install(t, dir, append([]string{"install"}, specs...)...)
	report(t, strings.Join(specs, " "), npm, gpq)
	items, open := 0, 0
	if plan != nil {
		items, open = len(plan.Items), len(plan.Unresolved)
		for _, u := range plan.Unresolved {
			t.Logf("unresolved: %+v", u)
		}
	}
	t.Logf("%d nodes, %d items, %d unresolved, gpq %v, npm %v, error %v", len(gpq.layout), items, open,
		took.Round(time.Millisecond), time.Since(start).Round(time.Millisecond), err)
}
