package main

import (
	"context"
	"errors"
	"fmt"

	"gpq/prompt/report"
	"gpq/resolver"
	"gpq/resolver/registry"
	"gpq/resolver/spec"
)

// laysFiles is whether npm is to lay down folders of this machine, or what gpq
// could not look into, from there or from a repository.
func (s *session) laysFiles(plan *resolver.Plan) bool {
	if plan.Request.Options.InstallLinks {
		return true
	}
	for i := range plan.Items {
		if _, _, git := plan.Items[i].Repository(); git {
			return true
		}
	}
	for _, u := range plan.Unresolved {
		if t := spec.Parse(u.Spec, spec.Place{Dir: s.dir, Home: s.home()}); t.Kind == spec.File || t.Kind == spec.Git {
			return true
		}
	}
	return false
}

// sameFiles makes sure that tarballs of this machine, which npm reads from the
// disk and not from the guard, are still what was checked: a question may stand
// for long. It is asked right before npm runs.
func (s *session) sameFiles(ctx context.Context, plan *resolver.Plan) error {
	for i := range plan.Items {
		it := &plan.Items[i]
		file, local := plan.Request.LocalFile(it.Package)
		if !local || it.Change == resolver.Unchanged {
			continue
		}
		if err := registry.SameLocal(ctx, file, string(it.Integrity)); err != nil {
			return &exitError{exitRefused, fmt.Errorf("%s: %w", report.Escape(it.Name+"@"+it.Version), err), "npm did not run: ask again"}
		}
	}
	return nil
}

// laidDown says so where a tarball of this machine became another one while npm
// ran: what npm read cannot be told then.
func (s *session) laidDown(ctx context.Context, plan *resolver.Plan) {
	var e *exitError
	if err := s.sameFiles(ctx, plan); errors.As(err, &e) {
		s.say("%v: it changed while npm ran, so that something else may have been installed", e.err)
	}
}
