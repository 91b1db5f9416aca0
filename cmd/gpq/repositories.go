package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	"gpq/prompt/report"
	"gpq/resolver"
	"gpq/resolver/registry"
	"gpq/shim"
)

// repositories looks into git repositories, into each commit once.
type repositories struct {
	git  shim.Git
	mu   sync.Mutex
	seen map[string]*commitSeen
	// silent are hosts that were waited for once: nobody waits again.
	silent map[string]bool
	// offline: only repositories of this machine are asked.
	offline bool
}

var errOffline = errors.New("offline")

type commitSeen struct {
	once sync.Once
	c    *registry.Contents
	err  error
}

// source is where the plan comes from: the registry, and repositories.
type source struct {
	*registry.Client
	*repositories
}

func (s *session) source() source { return source{s.client, s.git} }

// Refs implements resolver.Repositories.
func (r *repositories) Refs(ctx context.Context, address string) ([]byte, error) {
	var out []byte
	err := r.patiently(address, func() (err error) {
		out, err = r.git.Refs(ctx, address)
		return err
	})
	return out, err
}

func (r *repositories) patiently(address string, ask func() error) error {
	host := address
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Host
		if r.offline {
			return errOffline
		}
	}
	r.mu.Lock()
	silent := r.silent[host]
	r.mu.Unlock()
	if silent {
		return shim.ErrGitSilent
	}
	err := ask()
	if errors.Is(err, shim.ErrGitSilent) {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.silent == nil {
			r.silent = map[string]bool{}
		}
		r.silent[host] = true
	}
	return err
}

// Commit implements resolver.Repositories.
func (r *repositories) Commit(ctx context.Context, address, commit, ref string) (*registry.Contents, error) {
	key := address + "#" + commit
	r.mu.Lock()
	if r.seen == nil {
		r.seen = map[string]*commitSeen{}
	}
	f := r.seen[key]
	if f == nil {
		f = &commitSeen{}
		r.seen[key] = f
	}
	r.mu.Unlock()
	f.once.Do(func() {
		var files shim.GitFiles
		f.err = r.patiently(address, func() (err error) {
			files, err = r.git.Files(ctx, address, commit, ref, "package.json", "binding.gyp")
			return err
		})
		if f.err == nil {
			_, gyp := files["binding.gyp"]
			f.c = &registry.Contents{PackageJSON: files["package.json"], Gypfile: gyp, Files: int64(len(files))}
		}
	})
	return f.c, f.err
}

// sameCommits makes sure that branches and tags still stand for the commits that
// were looked into. It is asked right before npm runs, which asks again.
func (s *session) sameCommits(ctx context.Context, plan *resolver.Plan) error {
	for i := range plan.Items {
		it := &plan.Items[i]
		if it.Change == resolver.Unchanged {
			continue
		}
		if err := resolver.SameCommit(ctx, s.source(), it); err != nil {
			return &exitError{exitRefused, fmt.Errorf("%s: %w", report.Escape(it.Name+"@"+it.Version), err), "npm did not run: ask again"}
		}
	}
	return nil
}

// cloned says so where npm wrote down another commit than was looked into.
func (s *session) cloned(plan *resolver.Plan) {
	var lock struct {
		Packages map[string]struct{ Resolved string }
	}
	for i := range plan.Items {
		it := &plan.Items[i]
		_, commit, git := it.Repository()
		if !git {
			continue
		}
		if lock.Packages == nil {
			text, err := os.ReadFile(filepath.Join(plan.Request.Dir, "node_modules", ".package-lock.json"))
			if err != nil || json.Unmarshal(text, &lock) != nil {
				return // npm did not come so far
			}
		}
		for _, at := range it.Places {
			_, got, ok := resolver.Package{Tarball: lock.Packages[at].Resolved}.Repository()
			if ok && got != commit {
				s.say("%s: npm took commit %s, which is not the one that was checked: %s", report.Escape(it.Name+"@"+it.Version), got, commit)
			}
		}
	}
}
