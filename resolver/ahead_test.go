package resolver

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gpq/resolver/registry"
)

// crowd answers when so many names have been asked for.
type crowd struct {
	*shelf
	all  sync.WaitGroup
	seen sync.Map
}

func (c *crowd) Packument(ctx context.Context, name string) (*registry.Packument, error) {
	if _, again := c.seen.LoadOrStore(name, true); !again {
		c.all.Done()
	}
	here := make(chan struct{})
	go func() { c.all.Wait(); close(here) }()
	select {
	case <-here:
		return c.shelf.Packument(ctx, name)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// TestMissingInLock: what a lockfile's package needs and the lockfile lacks is
// asked for all at once.
func TestMissingInLock(t *testing.T) {
	lines, deps := []string{}, ""
	for i := range 12 {
		lines = append(lines, fmt.Sprintf("part%d@1.0.0 os:sunos", i))
		deps += fmt.Sprintf(`%q: "1.0.0", `, fmt.Sprintf("part%d", i))
	}
	dir := project(t, map[string]string{
		"package.json": `{"name": "p", "dependencies": {"whole": "1.0.0"}}`,
		"package-lock.json": `{"name": "p", "lockfileVersion": 3, "packages": {"": {"name": "p", "dependencies": {"whole": "1.0.0"}},
			"node_modules/whole": {"version": "1.0.0", "resolved": "https://r.test/whole/-/whole-1.0.0.tgz", "integrity": "sha512-whole1.0.0",
			"optionalDependencies": {` + deps[:len(deps)-2] + `}}}}`,
	})
	c := &crowd{shelf: shelve(append(lines, "whole@1.0.0")...)}
	c.all.Add(12)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	plan, err := New(Settings{Source: c}).Resolve(ctx, request(dir))
	if err != nil || len(plan.Items) != 13 {
		t.Errorf("%+v, %v", plan, err)
	}
}
