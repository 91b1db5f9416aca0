package checks

import (
	"testing"

	"gpq/resolver"
	"gpq/resolver/registry"
)

func TestProjectRegistries(t *testing.T) {
	item := func(name string) resolver.Item {
		it := itemOf(name, "1.0.0")
		return it
	}
	plan := &resolver.Plan{Items: []resolver.Item{item("a"), item("b"), item("@acme/x"), item("@acme/y")}}
	shelf := shelfOf{}
	for _, it := range plan.Items {
		shelf[it.Name] = &registry.Packument{Name: it.Name, Registry: it.Registry, Versions: map[string]*registry.Manifest{"1.0.0": {}}}
	}
	for name, c := range map[string]struct {
		project map[string]string
		policy  func(*Policy)
		want    [4]Severity
	}{
		"none":                {nil, nil, [4]Severity{}},
		"default":             {map[string]string{"": "https://registry.test"}, nil, [4]Severity{Warning, Unset, Unset, Unset}},
		"scope":               {map[string]string{"@acme": "https://registry.test/"}, nil, [4]Severity{Unset, Unset, Note, Unset}},
		"trusted by the user": {map[string]string{"": "https://registry.test/"}, func(p *Policy) { p.Rules.Registries = []RegistryRule{{URL: "https://registry.test/"}} }, [4]Severity{}},
		"bound elsewhere":     {nil, func(p *Policy) { p.Rules.Bound = []Pin{{"@acme/*", "https://npm.acme.test/"}} }, [4]Severity{Unset, Unset, Danger, Danger}},
	} {
		p := DefaultPolicy()
		if c.policy != nil {
			c.policy(p)
		}
		r := Runner{Checks: []Check{exoticCheck}, Policy: p, Packuments: shelf, Now: testNow, ProjectRegistries: c.project}
		rep, err := r.Run(t.Context(), plan)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range c.want {
			if got := rep.Items[i].Worst(); got != want {
				t.Errorf("%s: %s: %v, want %v", name, rep.Items[i].Item.Name, got, want)
			}
		}
	}
}

func TestExoticSpecs(t *testing.T) {
	for spec, want := range map[string]bool{
		"^1.0.0": false, "latest": false, "": false, "*": false, ">=1 <2 || 3.x": false, "npm:left@^1.0.0": false, "npm:@a/b@1": false,
		"github:a/b": true, "a/b": true, "a/b#main": true, "git+ssh://git@h/a": true, "https://x/y.tgz": true, "file:../x": true, "./x": true,
		"../x.tgz": true, "x.tgz": true, "workspace:*": true, "git@github.com:a/b.git": true, `C:\x`: true,
	} {
		if got := exoticSpec(spec); got != want {
			t.Errorf("%q: %t", spec, got)
		}
	}
	for spec, want := range map[string]string{"x@github:a/b": "github:a/b", "@a/b@^1.0.0": "^1.0.0", "@a/b": "", "@a/b@a/c": "a/c", "git+ssh://git@h/a": "git+ssh://git@h/a", "github:a/b": "github:a/b", "x@npm:y@1": "npm:y@1", "x": "x"} {
		if got := specValue(spec); got != want {
			t.Errorf("%q: %q", spec, got)
		}
	}
	for v, want := range map[string]bool{"file:./x": true, "file:x/y": true, "file:../x": false, "file:/etc": false, "file:x/../../y": false, "github:a/b": false} {
		if got := inside(v); got != want {
			t.Errorf("inside %q: %t", v, got)
		}
	}
}
