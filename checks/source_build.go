package checks

import (
	"slices"
	"strings"

	"gpq/checks/attest"
)

// runnerFinding: only the host's own runners are out of reach of whoever
// runs them. Where another registry than npm's has had such builds all along, that is its way.
func runnerFinding(s *Subject, p *attest.Provenance, past []pastSource) Finding {
	if p.Runner() == "" || p.Runner() == "github-hosted" || p.Runner() == "gitlab-hosted" {
		return Finding{}
	}
	usual := slices.ContainsFunc(past, func(w pastSource) bool { return w.Runner() == p.Runner() })
	if usual && !isNPM(s.Registry) {
		return flag(Note, "built on a runner that is not the CI's own (%s), as before", p.Runner())
	}
	return flag(Danger, "built on a runner that is not the CI's own (%s)", p.Runner()).
		signal(SourceMoved).with(proved("runner", p.Runner(), certificate))
}

// eventFinding: a pull request runs what a stranger wrote.
func eventFinding(p *attest.Provenance) Finding {
	if !strings.Contains(p.Event(), "pull_request") && !strings.Contains(p.Event(), "merge_request") && p.RefKind() != "pull request" {
		return Finding{}
	}
	return flag(Danger, "the build was started by a pull request (%s)", p.Event()).
		signal(SourceMoved).with(proved("event", p.Event(), certificate), proved("ref", p.Ref(), certificate))
}

// used gives what earlier versions had of one fact, the unsaid left out.
func used(past []pastSource, fact func(*attest.Provenance) string) []string {
	var out []string
	for _, w := range past {
		if v := fact(w.Provenance); v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func workflowFinding(p *attest.Provenance, past []pastSource) Finding {
	before := used(past, (*attest.Provenance).Workflow)
	if now := p.Workflow(); now != "" && len(before) > 0 && !slices.Contains(before, now) {
		return flag(Warning, "built by the workflow %s; earlier versions by %s", now, list(before, 3)).
			signal(SourceMoved).with(proved("workflow", now, certificate))
	}
	signers := used(past, signerOf)
	if now := signerOf(p); now != "" && len(past) > 0 && !slices.Contains(signers, now) {
		return flag(Note, "signed by the reusable workflow %s, which earlier versions did not use", now).
			with(proved("signing workflow", p.Signer(), certificate))
	}
	return Finding{}
}

// signerOf is a reusable workflow of another repository, without its ref.
func signerOf(p *attest.Provenance) string {
	if !p.Reusable() {
		return ""
	}
	workflow, _, _ := strings.Cut(p.Signer(), "@")
	return workflow
}

func refFinding(p *attest.Provenance, past []pastSource) Finding {
	kinds := used(past, (*attest.Provenance).RefKind)
	if now := p.RefKind(); now != "" && len(kinds) > 0 && !slices.Contains(kinds, now) {
		return flag(Warning, "built from a %s; earlier versions from a %s", now, strings.Join(kinds, " or a ")).
			signal(SourceMoved).with(proved("ref", p.Ref(), certificate))
	}
	refs := used(past, (*attest.Provenance).Ref)
	if p.RefKind() == "branch" && len(refs) > 0 && !slices.Contains(refs, p.Ref()) {
		return flag(Note, "built from the branch %s; earlier versions from %s", strings.TrimPrefix(p.Ref(), "refs/heads/"), list(refs, 3)).
			with(proved("ref", p.Ref(), certificate))
	}
	return Finding{}
}

// firstSource: nothing proven to compare with. What earlier versions said of
// their repository is the next best thing. That other young versions have some is
// no history yet: they may be of the same hand.
func (s *Subject) firstSource(p *attest.Provenance, past []pastSource, lost error) Finding {
	if lost != nil || slices.ContainsFunc(past, func(w pastSource) bool { return !s.youngVersion(w.version) }) {
		return Finding{}
	}
	earlier := slices.DeleteFunc(s.History.known(s.Release), s.young)
	if len(earlier) == 0 {
		return Finding{}
	}
	for _, w := range earlier {
		if w.Rank >= RankProvenance {
			return Finding{} // it had some, which proves nothing
		}
	}
	f := flag(Note, "the first version with provenance, of %s", plural(len(earlier)+1, "release")).signal(FirstProvenance)
	if was := sourceKey(lastRepository(earlier)); was != "" && was != sourceKey(p.Repository()) {
		f = flag(Warning, "the first version with provenance, built from %s; earlier versions said %s", p.Repository(), was).
			signal(FirstProvenance, SourceMoved)
	}
	return f
}

// youngVersion: the earlier release of this number is young.
func (s *Subject) youngVersion(number string) bool {
	return slices.ContainsFunc(s.History.Releases, func(w *Release) bool { return w.Version == number && s.young(w) })
}

func lastRepository(earlier []*Release) string {
	for _, r := range slices.Backward(earlier) {
		if u := r.Manifest.Repository.URL; u != "" {
			return u
		}
	}
	return ""
}
