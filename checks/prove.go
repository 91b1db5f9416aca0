package checks

import (
	"context"

	"gpq/resolver"
)

// Proven is one package with what is proved of it, and the findings of the
// proof checks.
type Proven struct {
	ItemReport
	Summary ProofSummary
}

// Prove runs the proof checks alone, and gives what was proved beside their
// findings: what gpq verify shows. The error is the context's.
func (r *Runner) Prove(ctx context.Context, plan *resolver.Plan) (*Report, []Proven, error) {
	subjects := r.subjects(plan)
	r.documents(ctx, subjects)
	r.collect(ctx, subjects)
	rep := &Report{At: r.Now, Plan: plan}
	var out []Proven
	for _, c := range r.Checks {
		rep.Asked = append(rep.Asked, c.ID)
	}
	for _, s := range subjects {
		it := r.item(ctx, s)
		rep.Items = append(rep.Items, it)
		out = append(out, Proven{it, s.Summary()})
	}
	return rep, out, ctx.Err()
}
