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
	Policy     *Policy
	Packuments registry.Source
	Tarballs   Tarballs // nil: no tarball is read
	Collectors []Collector
	Now        time.Time
	// Workers bounds the checks at once; 0 is one for each CPU.
	Workers int
	// CheckTimeout bounds one check about one item; 0 is 10 seconds.
	CheckTimeout time.Duration
	// FactsTimeout bounds the finding out ahead; 0 is 60 seconds.
	FactsTimeout time.Duration
}

// Run answers every question about every item of the plan. The error is the
// context's; what could not be found out is in the report as unknown.
func (r *Runner) Run(ctx context.Context, plan *resolver.Plan) (*Report, error) {
	subjects := r.subjects(ctx, plan)
	r.collect(ctx, subjects)
	rep := &Report{At: r.Now, Plan: plan, Items: make([]ItemReport, len(subjects))}
	for _, c := range r.Checks {
		rep.Asked = append(rep.Asked, c.ID)
	}
	each(len(subjects), r.workers(), func(i int) {
		rep.Items[i] = r.item(ctx, subjects[i])
	})
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

func (r *Runner) item(ctx context.Context, s *Subject) ItemReport {
	out := ItemReport{Item: s.Item}
	if s.Release != nil {
		out.Published = s.Release.At
	}
	for _, c := range r.Checks {
		f := r.ask(ctx, c, s)
		f.Check, f.Package = c.ID, s.Package
		out.Findings = append(out.Findings, f)
	}
	return out
}

// ask runs one check. Whatever it does, there is an answer: an error, a panic
// and a deadline are «could not tell».
func (r *Runner) ask(ctx context.Context, c Check, s *Subject) Finding {
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
	return f
}

func (r *Runner) subjects(ctx context.Context, plan *resolver.Plan) []*Subject {
	out := make([]*Subject, len(plan.Items))
	each(len(out), 16, func(i int) { out[i] = r.subject(ctx, plan, i) })
	return out
}

func (r *Runner) subject(ctx context.Context, plan *resolver.Plan, i int) *Subject {
	s := &Subject{Item: plan.Items[i], Now: r.Now, Plan: plan, Limits: r.Policy.Limits, Rules: &r.Policy.Rules, Overview: &Overview{}}
	s.Packument, s.PackumentErr = r.Packuments.Packument(ctx, s.Name)
	s.History = NewHistory(s.Packument)
	s.Release = s.History.Release(s.Version)
	if s.Release != nil {
		s.Manifest = s.Release.Manifest
	}
	return s
}

func (r *Runner) collect(ctx context.Context, subjects []*Subject) {
	var wg sync.WaitGroup
	for _, c := range r.Collectors {
		wg.Go(func() { c.Collect(ctx, subjects) })
	}
	wg.Wait()
}
