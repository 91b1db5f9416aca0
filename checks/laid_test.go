package checks

import (
	"testing"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// TestLaid: what lies in node_modules against what was published.
func TestLaid(t *testing.T) {
	published := &TarballFacts{
		Package:    &PackageJSON{Scripts: registry.Deps{{Name: "install", Value: "node a"}, {Name: "prepare", Value: "tsc"}}},
		Inside:     map[string]Inner{"node_modules/x": {Gyp: true}, "node_modules/y": {Scripts: registry.Deps{{Name: "postinstall", Value: "sh y"}}}},
		BindingGyp: true,
	}
	run := func(event, cmd string) registry.Deps { return registry.Deps{{Name: event, Value: cmd}} }
	for name, c := range map[string]struct {
		laid resolver.Laid
		bad  bool
	}{
		"as published":          {resolver.Laid{Scripts: run("install", "node a"), Gyp: true}, false},
		"fewer":                 {resolver.Laid{Gyp: true}, false},
		"another command":       {resolver.Laid{Scripts: run("install", "node b")}, true},
		"another event":         {resolver.Laid{Scripts: run("postinstall", "node a")}, true},
		"another prepare":       {resolver.Laid{Scripts: run("prepare", "sh")}, true},
		"within, as published":  {resolver.Laid{Within: "node_modules/x", Gyp: true}, false},
		"within, a script":      {resolver.Laid{Within: "node_modules/x", Gyp: true, Scripts: run("install", "sh")}, true},
		"within, its script":    {resolver.Laid{Within: "node_modules/y", Scripts: run("postinstall", "sh y")}, false},
		"within, a gyp":         {resolver.Laid{Within: "node_modules/y", Gyp: true}, true},
		"within, which is none": {resolver.Laid{Within: "node_modules/z", Gyp: true}, true},
	} {
		s := &Subject{Item: resolver.Item{Laid: []resolver.Laid{c.laid}}}
		s.Facts.Tarball = Answered(published, nil)
		f, bad := s.laidOtherwise()
		if bad != c.bad || bad && (f.Severity != Danger || !f.laid) {
			t.Errorf("%s: %v %+v", name, bad, f)
		}
	}
}
