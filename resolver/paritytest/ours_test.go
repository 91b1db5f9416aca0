package paritytest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"gpq/resolver/tree"
)

// ours builds gpq's tree and lists it as npm's lockfile does.
func ours(o tree.Options, d tree.Deps) want {
	t, err := tree.Build(context.Background(), o, d)
	var f *tree.Failure
	switch {
	case errors.As(err, &f):
		return want{failed: f.Code, output: f.Error(), facts: factsOf(f)}
	case err != nil:
		return want{failed: "error", output: err.Error()}
	}
	w := want{layout: map[string]string{}, origin: map[string]string{}}
	for _, n := range t.Nodes() {
		if n.Inert() && n.Version() == "" && !n.IsLink() {
			continue
		}
		if n.Extraneous() && !strings.HasPrefix(o.NPM, "10.") && !strings.Contains("/"+n.Location(), "/node_modules/") {
			continue // since npm 11 not in a lockfile
		}
		w.layout[n.Location()] = describe(o.Path, n)
		w.origin[n.Location()] = place(n) + " " + digest(n)
	}
	for _, u := range t.Unknown {
		w.output += "unknown: " + u.Spec + ": " + u.Err.Error() + "\n"
	}
	for _, u := range t.Notes {
		w.output += "note: " + u.Err.Error() + "\n"
	}
	return w
}

// place is where a package comes from, as npm writes it into a lockfile.
func place(n *tree.Node) string {
	if strings.HasPrefix(n.Resolved(), "file:") && !strings.Contains("/"+n.Location(), "/node_modules/") {
		return ""
	}
	return n.Resolved()
}

// digest is what npm writes into a lockfile: of an old one's package that had
// none, what the registry says.
func digest(n *tree.Node) string {
	if d := n.Integrity(); d != "" || n.IsLink() {
		return d
	}
	return n.Pkg().Integrity
}

func describe(root string, n *tree.Node) string {
	name := n.PackageName()
	if name == "" {
		name = n.Name()
	}
	e := lockEntry{Name: name, Version: n.Version(), Link: n.IsLink(), Extraneous: n.Extraneous(), Dev: n.Dev(),
		Optional: n.Optional(), DevOptional: n.DevOptional() && !n.Dev() && !n.Optional(), Peer: n.Peer()}
	if e.Link {
		e.Resolved = n.Realpath()
		if rel, err := filepath.Rel(root, e.Resolved); err == nil {
			e.Resolved = rel
		}
	}
	return e.what()
}

// compare lists where the two differ, at most limit lines.
func compare(npm, gpq want, limit int) []string {
	if npm.failed != "" || gpq.failed != "" {
		if npm.failed == gpq.failed {
			return differing(npm.facts, gpq.facts)
		}
		return []string{fmt.Sprintf("npm: %q, gpq: %q\n%s\n%s", npm.failed, gpq.failed, npm.output, gpq.output)}
	}
	var out []string
	for at, is := range npm.layout {
		if gpq.layout[at] != is {
			out = append(out, fmt.Sprintf("%s: npm has %s, gpq %q", at, is, gpq.layout[at]))
		}
	}
	for at, is := range npm.origin {
		if gpq.origin != nil && gpq.origin[at] != is {
			out = append(out, fmt.Sprintf("%s: npm has it from %s, gpq from %q", at, is, gpq.origin[at]))
		}
	}
	for at, is := range gpq.layout {
		if _, ok := npm.layout[at]; !ok {
			out = append(out, fmt.Sprintf("%s: only gpq has %s", at, is))
		}
	}
	sort.Strings(out)
	if len(out) > limit {
		out = append(out[:limit], fmt.Sprintf("… and %d more", len(out)-limit))
	}
	return out
}

// factsOf says of a conflict what npm's report says of it.
func factsOf(f *tree.Failure) (out []string) {
	var c *tree.Conflict
	if !errors.As(f, &c) {
		return nil
	}
	if c.Resolving != nil {
		out = append(out, "resolving "+c.Resolving.String())
	}
	if c.Found != nil {
		out = append(out, "found "+c.Found.String())
	} else if c.FoundAsk != nil {
		out = append(out, "beside "+c.FoundAsk.String())
	}
	for _, a := range c.FoundFor {
		out = append(out, "found for "+a.String())
	}
	out = append(out, "wanted "+c.Wanted.String())
	if c.Peer != nil {
		out = append(out, "peer "+c.Peer.String())
	}
	for _, a := range c.PeerFor {
		out = append(out, "peer for "+a.String())
	}
	return out
}

// differing compares what is said of a conflict, where npm says something: the
// same lines, but for the places that npm leaves out, and for the peer, of which
// npm says nothing where it is a peer's peer.
func differing(npm, gpq []string) []string {
	if len(npm) == 0 {
		return nil
	}
	rest := slices.Clone(gpq)
	ofPeer := func(s string) bool { return strings.HasPrefix(s, "peer ") }
	if !slices.ContainsFunc(npm, ofPeer) {
		rest = slices.DeleteFunc(rest, ofPeer)
	}
	take := func(line string, of func(string) string) bool {
		i := slices.IndexFunc(rest, func(ours string) bool { return of(ours) == line })
		if i >= 0 {
			rest = slices.Delete(rest, i, i+1)
		}
		return i >= 0
	}
	exact := func(line string) bool { return take(line, func(s string) string { return s }) }
	var placeless []string
	for _, line := range npm {
		if !exact(line) {
			placeless = append(placeless, line)
		}
	}
	for _, line := range placeless {
		if !take(line, withoutPlace) {
			rest = append(rest, line)
		}
	}
	if len(rest) == 0 {
		return nil
	}
	return []string{"npm says\n\t" + strings.Join(npm, "\n\t") + "\nwe say\n\t" + strings.Join(gpq, "\n\t")}
}

// withoutPlace is a line without the place of the package it ends with.
func withoutPlace(line string) string {
	if i := strings.LastIndex(line, " ("); i > 0 && strings.HasSuffix(line, ")") {
		return line[:i]
	}
	return line
}

func report(t *testing.T, what string, npm, gpq want) {
	t.Helper()
	diff := compare(npm, gpq, 20)
	if len(diff) == 0 {
		return
	}
	t.Errorf("%s: %d of %d differ:\n\t%s\n%s", what, len(diff), len(npm.layout), strings.Join(diff, "\n\t"), gpq.output)
}
