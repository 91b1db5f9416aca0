package checks

import (
	"context"
	"errors"
	"sync"
	"time"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// collect finds the facts out ahead: the collectors, the tarballs and the
// documents of new dependencies, side by side.
func (r *Runner) collect(ctx context.Context, subjects []*Subject) {
	ctx, cancel := context.WithTimeout(ctx, r.factsTime())
	defer cancel()
	var wg sync.WaitGroup
	for _, c := range r.Collectors {
		wg.Go(func() { c.Collect(ctx, subjects) })
	}
	wg.Go(func() { each(len(subjects), 32, func(i int) { r.readTarball(ctx, subjects[i]) }) })
	var docs map[string]Answer[*registry.Packument]
	wg.Go(func() { docs = r.dependencyDocuments(ctx, subjects) })
	wg.Wait()
	for _, s := range subjects {
		s.takeDependencies(docs)
	}
}

func (r *Runner) factsTime() time.Duration {
	if r.FactsTimeout > 0 {
		return r.FactsTimeout
	}
	return 90 * time.Second
}

// dependencyDocuments gets the documents of all new dependencies, most of
// which are in the plan themselves.
func (r *Runner) dependencyDocuments(ctx context.Context, subjects []*Subject) map[string]Answer[*registry.Packument] {
	out := map[string]Answer[*registry.Packument]{}
	var names []string
	for _, s := range subjects {
		for _, name := range s.NewDependencies() {
			if _, has := out[name]; !has {
				out[name] = Answer[*registry.Packument]{}
				names = append(names, name)
			}
		}
	}
	got := make([]Answer[*registry.Packument], len(names))
	each(len(names), 16, func(i int) { got[i] = Answered(r.packument(ctx, names[i])) })
	for i, name := range names {
		out[name] = got[i]
	}
	return out
}

// takeDependencies puts what is known of a subject's new dependencies into its
// facts, with the downloads that a collector has left there.
func (s *Subject) takeDependencies(docs map[string]Answer[*registry.Packument]) {
	fresh := s.NewDependencies()
	if len(fresh) == 0 {
		return
	}
	s.Facts.Deps = make(map[string]DepFacts, len(fresh))
	for _, name := range fresh {
		f := DepFacts{Packument: docs[name]}
		if w, ok := s.Facts.Weekly[name]; ok {
			f.Weekly = Answer[int64]{Value: w.Value.Count, Err: w.Err, Asked: w.Asked}
		}
		s.Facts.Deps[name] = f
	}
}

// readTarball reads the item's files where that is worth it: what was there
// before and is no longer young has been read then.
func (r *Runner) readTarball(ctx context.Context, s *Subject) {
	if why := s.noTarball(); why != "" {
		s.Facts.Tarball = Answer[*TarballFacts]{Err: &Withheld{why}, Asked: true}
		return
	}
	if r.Tarballs == nil {
		return
	}
	s.Facts.Tarball = Answered(openTarball(ctx, r.Tarballs, s.Package))
	if err := s.Facts.Tarball.Err; err != nil && len(s.Laid) == 0 && s.longHere() && !aboutContent(err) {
		s.Facts.Tarball.Err = &Withheld{"was there before, and its tarball could not be had"}
		return
	}
	s.Facts.Altered = alteredOf(ctx, r.Tarballs, s)
	if s.wantsBefore() {
		s.Facts.Before = Answered(openTarball(ctx, r.Tarballs, s.artefactOf(s.Predecessor())))
	}
}

func (s *Subject) noTarball() string {
	switch {
	case len(s.Laid) > 0 && (s.Release != nil || s.isLoose()):
		return "" // npm will run what lies there: it is compared
	case s.Registry == "" && !s.isLoose():
		return "from no registry"
	case s.Bundled:
		return "comes inside another package's tarball"
	case s.Inert:
		return "not fetched on this machine"
	case s.longHere() && (s.Overview.changing || !s.Overview.few && !s.beganToRun()):
		return "was there before"
	case s.Release == nil && !s.isLoose():
		return "the registry has no such version"
	}
	return ""
}

// longHere: what stays is read again while it is young; where the command
// changes nothing, and is about what stays, for as long as it is recent. Older
// than that it is read where it is little, and need not be had.
func (s *Subject) longHere() bool {
	if !s.Unchanged() || s.Release == nil {
		return false
	}
	age, dated := s.Age()
	if s.Overview.changing {
		return dated && age >= s.Limits.Young
	}
	return dated && age >= s.Limits.Recent
}

// aboutContent says whether an error is about the bytes that came.
func aboutContent(err error) bool {
	var broken *MalformedError
	return errors.As(err, &broken) || otherContent(err)
}

// beganToRun: the version was the first to run something at install. Whether that
// only compiles is in its tarball.
func (s *Subject) beganToRun() bool {
	now := installScripts(s.Manifest)
	if len(now) == 0 {
		return false
	}
	fresh, since := s.freshScripts(now, s.Predecessor(), false)
	return len(fresh) > 0 && since != ""
}

func openTarball(ctx context.Context, from Tarballs, p resolver.Package) (*TarballFacts, error) {
	c, err := from.Contents(ctx, p)
	if err != nil {
		return nil, err
	}
	return ReadContents(c), nil
}
