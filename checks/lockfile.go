package checks

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
)

var lockfileCheck = Check{
	ID:       "lockfile",
	Title:    "does the lockfile agree with the registry?",
	Needs:    Packument,
	Anything: true,
	Doc: `Compares the lockfile's entry with what the registry says of the same version: the host and file it would be fetched from, its
integrity, and the name. A lockfile is easily edited in a pull request, and nobody reads it.

Flagged: another host, another file, another or a missing integrity, another name, a version that the registry does
not have: danger. A weak (SHA-1) integrity that agrees is clear; a missing address is npm's omit-lockfile-registry-resolved.

What to do: remove the entry and let npm write it again.`,
	Run: runLockfile,
}

func runLockfile(_ context.Context, s *Subject) (Finding, error) {
	l := s.Locked
	switch {
	case l == nil:
		return s.unlockedPlace()
	case l.Link:
		return skippedf("a link inside the project")
	case s.Bundled || l.InBundle:
		return skippedf("comes inside another package's tarball")
	case s.Registry == "":
		return skippedf("from no registry")
	case l.Name != "" && l.Name != s.Name:
		return flag(Danger, "the lockfile names %s, the registry %s", l.Name, s.Name).with(locked("name", l.Name)), nil
	}
	if s.Packument != nil && s.Release == nil {
		return flag(Danger, "the lockfile holds version %s, which the registry does not have", s.Version), nil
	}
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	if f, bad := s.lockedPlace(); bad {
		return f, nil
	}
	return s.lockedIntegrity()
}

// unlockedPlace is about an item that no lockfile of the project names: its
// place is the registry's own, unless a package brings a lockfile with it.
func (s *Subject) unlockedPlace() (Finding, error) {
	u, err := url.Parse(s.Tarball)
	if s.Bundled || s.Registry == "" || s.Manifest == nil || s.Tarball == "" || s.Tarball == s.Manifest.Dist.Tarball {
		return skippedf("in no lockfile")
	}
	if err != nil || !s.lockedHost(u) {
		return flag(Danger, "would be fetched from another host than the registry's: %s", cut(s.Tarball, 160)).
			with(Evidence{Fact: "tarball", Value: s.Tarball, Source: "plan"}), nil
	}
	return skippedf("in no lockfile")
}

func locked(fact, value string) Evidence {
	return Evidence{Fact: fact, Value: value, Source: "lockfile"}
}

// lockedPlace is about where the lockfile would fetch from.
func (s *Subject) lockedPlace() (Finding, bool) {
	l := s.Locked
	if !l.HasResolved || l.Resolved == "" {
		return Finding{}, false
	}
	if l.Resolved == s.Manifest.Dist.Tarball {
		return Finding{}, false
	}
	u, err := url.Parse(l.Resolved)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return flag(Danger, "the lockfile fetches it from no registry: %s", cut(l.Resolved, 160)).with(locked("resolved", l.Resolved)), true
	}
	if !s.lockedHost(u) {
		return flag(Danger, "the lockfile fetches it from another host: %s", cut(u.Host, 120)).with(locked("resolved", l.Resolved)), true
	}
	if !s.lockedFile(u) {
		return flag(Danger, "the lockfile fetches another file: %s", cut(u.Path, 160)).with(locked("resolved", l.Resolved)), true
	}
	return Finding{}, false
}

// lockedHost: the registry's own, its tarballs', npmjs (which npm replaces by
// the registry in use), or one that the policy names.
func (s *Subject) lockedHost(u *url.URL) bool {
	if u.User != nil {
		return false
	}
	hosts := append([]string{"registry.npmjs.org"}, s.Rules.Hosts...)
	for _, known := range []string{s.Registry, s.Manifest.Dist.Tarball} {
		if k, err := url.Parse(known); err == nil && k.Host != "" {
			hosts = append(hosts, strings.ToLower(k.Host))
		}
	}
	return slices.Contains(hosts, strings.ToLower(u.Host))
}

// lockedFile: the path ends as the registry's own address of this version
// does, or as npm's registries write it.
func (s *Subject) lockedFile(u *url.URL) bool {
	if t, err := url.Parse(s.Manifest.Dist.Tarball); err == nil && t.Path != "" && t.Path == u.Path {
		return true
	}
	_, base, scoped := strings.Cut(s.Name, "/")
	if !scoped {
		base = s.Name
	}
	version, _, _ := strings.Cut(s.Version, "+")
	return strings.HasSuffix(u.Path, "/"+s.Name+"/-/"+base+"-"+version+".tgz")
}

func (s *Subject) lockedIntegrity() (Finding, error) {
	l := s.Locked
	dist := registryIntegrity(s.Manifest.Dist.Integrity, s.Manifest.Dist.Shasum)
	if !l.HasIntegrity || strings.TrimSpace(string(l.Integrity)) == "" {
		if len(dist) == 0 {
			return flag(Note, "neither the lockfile nor the registry gives an integrity"), nil
		}
		return flag(Danger, "the lockfile has no integrity for it"), nil
	}
	mine := parseSRI(string(l.Integrity))
	common := false
	for algorithm, digests := range mine {
		theirs, ok := dist[algorithm]
		if !ok {
			continue
		}
		common = true
		if !slices.ContainsFunc(digests, func(d string) bool { return slices.Contains(theirs, d) }) {
			return flag(Danger, "the lockfile has another integrity than the registry").
				with(locked("integrity", string(l.Integrity)), said("integrity", s.Manifest.Dist.Integrity)), nil
		}
	}
	switch {
	case common:
		return clearf("the lockfile agrees with the registry")
	case len(mine) == 0:
		return flag(Danger, "the lockfile's integrity cannot be read").with(locked("integrity", string(l.Integrity))), nil
	case s.Facts.Tarball.OK() && s.Integrity == l.Integrity:
		return clearf("the tarball has the lockfile's integrity")
	}
	return unknownf("the lockfile's integrity and the registry's are of different kinds")
}

func registryIntegrity(integrity, shasum string) map[string][]string {
	out := parseSRI(integrity)
	if raw, err := hex.DecodeString(strings.TrimSpace(shasum)); err == nil && len(raw) == 20 {
		out["sha1"] = append(out["sha1"], base64.StdEncoding.EncodeToString(raw))
	}
	return out
}

// parseSRI reads an integrity string into digests by algorithm.
func parseSRI(s string) map[string][]string {
	out := map[string][]string{}
	for _, word := range strings.Fields(s) {
		algorithm, digest, ok := strings.Cut(word, "-")
		digest, _, _ = strings.Cut(digest, "?")
		switch algorithm {
		case "sha512", "sha384", "sha256", "sha1":
			if ok && digest != "" {
				out[algorithm] = append(out[algorithm], digest)
			}
		}
	}
	return out
}
