package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// TestEndless: a registry that names ever more packages gets an end.
func TestEndless(t *testing.T) {
	t.Run("one package asks for thousands", func(t *testing.T) {
		wide := []string{"wide@1.0.0"}
		for i := range 3000 {
			wide[0] += fmt.Sprintf(" d%d@*", i)
		}
		_, err := New(Settings{Source: shelve(wide...)}).Resolve(context.Background(), request(t.TempDir(), "wide"))
		if !errors.Is(err, tree.ErrEndless) || !strings.Contains(err.Error(), "wide alone asks for 3000 packages") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("every package names ten more", func(t *testing.T) {
		_, err := New(Settings{Source: endless(10)}).Resolve(context.Background(), request(t.TempDir(), "z1"))
		if !errors.Is(err, tree.ErrEndless) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("every package names one more", func(t *testing.T) {
		_, err := New(Settings{Source: endless(1)}).Resolve(context.Background(), request(t.TempDir(), "z1"))
		if !errors.Is(err, tree.ErrEndless) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("the way to the end of a long chain is told in short", func(t *testing.T) {
		var chain []string
		for i := range 300 {
			chain = append(chain, fmt.Sprintf("c%d@1.0.0 c%d@*", i, i+1))
		}
		plan, _ := resolve(t, shelve(append(chain, "c300@1.0.0")...), request(t.TempDir(), "c0"))
		i := slices.IndexFunc(plan.Items, func(it Item) bool { return it.Name == "c300" })
		if i < 0 || len(plan.Items[i].Via) != 1 {
			t.Fatalf("c300 is missing among %d", len(plan.Items))
		}
		way := plan.Items[i].Via[0]
		if len(way) != maxWay || way[0] != "c0" || way[keptBefore] != "…" || way[maxWay-1] != "c300" || way[maxWay-2] != "c299" {
			t.Errorf("%v", way)
		}
	})
}

// endless is a registry where every package asks for that many others.
type endless int

func (e endless) Packument(_ context.Context, name string) (*registry.Packument, error) {
	n, err := strconv.Atoi(strings.TrimPrefix(name, "z"))
	if err != nil {
		return nil, err
	}
	m := &registry.Manifest{Name: name, Version: "1.0.0"}
	for i := range int(e) {
		m.Dependencies = append(m.Dependencies, registry.Dep{Name: "z" + strconv.Itoa(n*int(e)+i+1), Value: "*"})
	}
	return &registry.Packument{Name: name, DistTags: map[string]string{"latest": "1.0.0"}, Order: []string{"1.0.0"},
		Versions: map[string]*registry.Manifest{"1.0.0": m}}, nil
}
