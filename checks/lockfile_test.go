package checks

import (
	"errors"
	"testing"

	"gpq/resolver"
	"gpq/resolver/registry"
)

func TestLockfile(t *testing.T) {
	const good, other = "sha512-Z29vZA==", "sha512-b3RoZXI="
	const url = "https://registry.test/left/-/left-1.0.0.tgz"
	entry := func(change func(*resolver.Locked)) *resolver.Locked {
		l := &resolver.Locked{File: "package-lock.json", Path: "node_modules/left", Name: "left", Version: "1.0.0",
			Resolved: url, HasResolved: true, Integrity: good, HasIntegrity: true}
		change(l)
		return l
	}
	for name, c := range map[string]struct {
		locked *resolver.Locked
		change func(*Subject)
		want   string
	}{
		"agrees":             {entry(func(*resolver.Locked) {}), nil, "clear"},
		"not locked":         {nil, nil, "skipped"},
		"link":               {entry(func(l *resolver.Locked) { l.Link = true }), nil, "skipped"},
		"another host":       {entry(func(l *resolver.Locked) { l.Resolved = "https://evil.test/left/-/left-1.0.0.tgz" }), nil, "danger"},
		"host with a user":   {entry(func(l *resolver.Locked) { l.Resolved = "https://u@registry.test/left/-/left-1.0.0.tgz" }), nil, "danger"},
		"host as a prefix":   {entry(func(l *resolver.Locked) { l.Resolved = "https://registry.test.evil.test/left/-/left-1.0.0.tgz" }), nil, "danger"},
		"npmjs, replaced":    {entry(func(l *resolver.Locked) { l.Resolved = "https://registry.npmjs.org/left/-/left-1.0.0.tgz" }), nil, "clear"},
		"another package":    {entry(func(l *resolver.Locked) { l.Resolved = "https://registry.test/evil/-/evil-1.0.0.tgz" }), nil, "danger"},
		"another version":    {entry(func(l *resolver.Locked) { l.Resolved = "https://registry.test/left/-/left-0.9.0.tgz" }), nil, "danger"},
		"git":                {entry(func(l *resolver.Locked) { l.Resolved = "git+ssh://git@github.com/a/left.git#abc" }), nil, "danger"},
		"file":               {entry(func(l *resolver.Locked) { l.Resolved = "file:../left.tgz" }), nil, "danger"},
		"no address":         {entry(func(l *resolver.Locked) { l.Resolved, l.HasResolved = "", false }), nil, "clear"},
		"other integrity":    {entry(func(l *resolver.Locked) { l.Integrity = other }), nil, "danger"},
		"both integrities":   {entry(func(l *resolver.Locked) { l.Integrity = good + " " + other }), nil, "clear"},
		"missing integrity":  {entry(func(l *resolver.Locked) { l.Integrity, l.HasIntegrity = "", false }), nil, "danger"},
		"empty integrity":    {entry(func(l *resolver.Locked) { l.Integrity = " " }), nil, "danger"},
		"unreadable":         {entry(func(l *resolver.Locked) { l.Integrity = "md5-x" }), nil, "danger"},
		"sha1 that agrees":   {entry(func(l *resolver.Locked) { l.Integrity = "sha1-AAAAAAAAAAAAAAAAAAAAAAAAAAA=" }), nil, "clear"},
		"sha1 that does not": {entry(func(l *resolver.Locked) { l.Integrity = "sha1-BAAAAAAAAAAAAAAAAAAAAAAAAAA=" }), nil, "danger"},
		"another kind":       {entry(func(l *resolver.Locked) { l.Integrity = "sha384-eA==" }), nil, "unknown"},
		"another name":       {entry(func(l *resolver.Locked) { l.Name = "right" }), nil, "danger"},
		"gone version":       {entry(func(*resolver.Locked) {}), func(s *Subject) { s.Release, s.Manifest = nil, nil }, "danger"},
		"no document": {entry(func(*resolver.Locked) {}), func(s *Subject) {
			s.Packument, s.Release, s.Manifest, s.PackumentErr = nil, nil, nil, errors.New("down")
		}, "unknown"},
		"a policy's host": {entry(func(l *resolver.Locked) { l.Resolved = "https://cdn.test/left/-/left-1.0.0.tgz" }),
			func(s *Subject) { s.Rules = &Rules{Hosts: []string{"cdn.test"}} }, "clear"},
		"a package's own lockfile leads elsewhere": {nil, func(s *Subject) { s.Tarball = "https://evil.test/left-1.0.0.tgz" }, "danger"},
	} {
		m := &registry.Manifest{Name: "left", Version: "1.0.0", Dist: registry.Dist{Tarball: url, Integrity: good, Shasum: "0000000000000000000000000000000000000000"}}
		p := &registry.Packument{Name: "left", Versions: map[string]*registry.Manifest{"1.0.0": m}}
		h := NewHistory(p)
		s := &Subject{Item: resolver.Item{Package: resolver.Package{Name: "left", Version: "1.0.0", Registry: "https://registry.test/", Tarball: url}, Locked: c.locked},
			Packument: p, Manifest: m, History: h, Release: h.Release("1.0.0"), Rules: &Rules{}, Limits: DefaultLimits()}
		if c.change != nil {
			c.change(s)
		}
		f, err := runLockfile(t.Context(), s)
		got := f.Outcome.String()
		if f.Outcome == Flagged {
			got = f.Severity.String()
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %s (%s), want %s", name, got, f.Message, c.want)
		}
	}
}
