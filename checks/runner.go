package checks

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"gpq/resolver"
	"gpq/resolver/registry"
)

// Runner owns the world for the checks: it finds the facts out ahead, runs
// every check about every item, stamps and joins the answers.
type Runner struct {
	Checks     []Check
	Policy     *Policy // never nil
	Packuments registry.Source
	Tarballs   Tarballs // nil: no tarball is read
	Collectors []Collector
	Now        time.Time
	// ProjectRegistries are the registries that only the project's own files
	// name: base URLs with a trailing slash, by scope («@acme», "" for the
	// default one).
	ProjectRegistries map[string]string
	// Workers bounds the checks at once; 0 is one for each CPU.
	Workers int
	// CheckTimeout bounds one check about one item; 0 is 10 seconds.
	CheckTimeout time.Duration
	// FactsTimeout bounds the finding out ahead; 0 is 90 seconds.
	FactsTimeout time.Duration
}

// Run answers every question about every item of the plan. The error is the
// context's; what could not be found out is in the report as unknown.
func (r *Runner) Run(ctx context.Context, plan *resolver.Plan) (*Report, error) {
	subjects := r.subjects(plan)
	early := r.ahead(ctx, subjects)
	r.documents(ctx, subjects)
	rep := &Report{At: r.Now, Plan: plan, Items: make([]ItemReport, len(subjects))}
	for _, c := range r.Checks {
		rep.Asked = append(rep.Asked, c.ID)
	}
	rep.Notices = append(planNotices(plan), offersNotices(subjects)...)
	r.collect(ctx, subjects)
	early.Wait()
	each(len(subjects), r.workers(), func(i int) {
		rep.Items[i] = r.item(ctx, subjects[i])
	})
	rep.Notices = append(rep.Notices, collectorNotices(r.Collectors)...)
	r.Policy.settle(rep)
	return rep, ctx.Err()
}

func (r *Runner) workers() int {
	if r.Workers > 0 {
		return r.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// each calls f for 0…n-1, at most workers at once.
func each(n, workers int, f func(int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(max(workers, 1), n) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// item asks all checks about one item, and joins what they say.
func (r *Runner) item(ctx context.Context, s *Subject) ItemReport {
	out := ItemReport{Item: s.Item, Findings: make([]Finding, 0, len(r.Checks))}
	if s.Release != nil {
		out.Published = s.Release.At
	}
	for _, c := range r.Checks {
		f := r.ask(ctx, c, s)
		f.Check, f.Package = c.ID, s.Package
		f.Joined, f.Approved = nil, ""
		out.Findings = append(out.Findings, f)
	}
	age, _ := s.Age()
	combine(out.Findings, age, s.Limits)
	return out
}

// ask runs one check. Whatever it does, there is an answer: an error, a panic
// and a deadline are «could not tell».
func (r *Runner) ask(ctx context.Context, c Check, s *Subject) Finding {
	if f, done := s.outOfReach(c); done {
		return f
	}
	timeout := r.CheckTimeout
	if timeout <= 0 {
		timeout = 10 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	done := make(chan Finding, 1)
	go func() { done <- guarded(ctx, c, s) }()
	select {
	case f := <-done:
		return f
	case <-ctx.Done():
		return Finding{Message: "no answer in time", Err: ctx.Err()}
	}
}

// outOfReach answers for checks that do not apply to what is no registry
// package, or has no artefact of its own.
func (s *Subject) outOfReach(c Check) (Finding, bool) {
	var f Finding
	switch {
	case s.stands != nil && c.ID == exoticCheck.ID:
		return s.unresolvedFinding(), true
	case c.Anything:
		return f, false
	case s.Bundled:
		f, _ = skippedf("comes inside another package's tarball")
		return f, true
	case s.Registry == "" && !(c.Loose && s.isLoose()):
		f, _ = skippedf("from no registry")
		return f, true
	}
	return f, false
}

func guarded(ctx context.Context, c Check, s *Subject) (f Finding) {
	defer func() {
		if p := recover(); p != nil {
			f = Finding{Message: "the check itself failed", Err: fmt.Errorf("panic: %v", p)}
		}
	}()
	f, err := c.Run(ctx, s)
	if err != nil {
		return Finding{Message: err.Error(), Err: err}
	}
	if f.Outcome == Flagged && f.Severity == Unset {
		f.Severity = Danger // zero refuses
	}
	if f.Outcome != Flagged {
		f.Severity = Unset
	}
	return f
}

// subjects makes the windows of all items, as far as the plan tells.
func (r *Runner) subjects(plan *resolver.Plan) []*Subject {
	out := make([]*Subject, 0, len(plan.Items))
	for _, it := range plan.Items {
		out = append(out, &Subject{Item: it})
	}
	out = append(out, standIns(plan)...)
	for _, s := range out {
		s.Now, s.Plan, s.Limits, s.Rules = r.Now, plan, r.Policy.Limits, &r.Policy.Rules
	}
	return out
}

// ahead begins to ask what needs no document.
func (r *Runner) ahead(ctx context.Context, subjects []*Subject) *sync.WaitGroup {
	var wg sync.WaitGroup
	ctx, cancel := context.WithTimeout(ctx, r.factsTime())
	for _, c := range r.Collectors {
		if e, ok := c.(Early); ok {
			wg.Go(func() { e.Ahead(ctx, subjects) })
		}
	}
	go func() { wg.Wait(); cancel() }()
	return &wg
}

// documents adds documents and histories, one of each for a package however
// many of its versions are in the plan.
func (r *Runner) documents(ctx context.Context, out []*Subject) {
	shelf := r.shelf(ctx, out)
	for _, s := range out {
		s.History = NewHistory(nil)
		if doc := shelf[s.Name]; doc != nil && s.hasDocument() {
			s.Packument, s.PackumentErr, s.History = doc.packument, doc.err, doc.history
		}
		if s.Release = s.History.Release(s.Version); s.Release != nil {
			s.Manifest = s.Release.Manifest
		}
		s.lookBack()
	}
	offers := offersOf(out, r.Policy.Rules.Registries)
	view := newOverview(out, r.ProjectRegistries)
	for _, s := range out {
		s.Offers, s.Overview = offers[s.Registry], view
	}
}

// hasDocument says whether a registry has a document about the item itself.
func (s *Subject) hasDocument() bool { return s.Registry != "" && !s.Bundled }

// shelved is a package's document with its history, made once.
type shelved struct {
	packument *registry.Packument
	history   *History
	err       error
}

func (r *Runner) shelf(ctx context.Context, subjects []*Subject) map[string]*shelved {
	out := map[string]*shelved{}
	var names []string
	for _, s := range subjects {
		if s.hasDocument() && out[s.Name] == nil {
			out[s.Name] = &shelved{}
			names = append(names, s.Name)
		}
	}
	each(len(names), 64, func(i int) {
		doc := out[names[i]]
		doc.packument, doc.err = r.packument(ctx, names[i])
		doc.history = NewHistory(doc.packument)
	})
	return out
}

func (r *Runner) packument(ctx context.Context, name string) (*registry.Packument, error) {
	if r.Packuments == nil {
		return nil, fmt.Errorf("%s: no registry to ask", name)
	}
	return r.Packuments.Packument(ctx, name)
}
