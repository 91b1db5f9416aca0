package checks

import (
	"context"
	"fmt"
	"slices"
	"time"
)

var newDependencyCheck = Check{
	ID:    "new-dependency",
	Title: "does a dependency appear that is young, rare, or no registry package?",
	Needs: Packument | Downloads,
	Doc: `Compares what the version depends on (optional dependencies and peers too, aliases by their true name) with the last
release that is no longer young, of the same release line where there is one, and with the version it replaces. Moving a dependency from one list to
another is no change; a registry dependency that becomes a git one is.

Flagged: a git or URL dependency of a registry package, as danger; a new dependency first published less than 7 days ago
(or after this very version, while that is younger than 90 days), or with fewer than 100 weekly downloads, as danger; any other as a note, which other
changes lift.

What to do: look at the new dependency, and at whether the package uses it at all.`,
	Run: runNewDependency,
}

func runNewDependency(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	fresh := slices.DeleteFunc(s.newDependencies(), s.carries)
	if len(fresh) == 0 {
		return clearf("no new dependency")
	}
	var out Finding
	for i, d := range fresh {
		f := s.judgeDependency(d)
		if s.hadDependency(s.Predecessor(), d) && s.Predecessor() != nil {
			f.Signals = nil // new to this project alone
			f.Message += " (not in " + s.replaced().Version + ", which this replaces)"
		}
		if i == 0 {
			out = f
			continue
		}
		out = worseDependency(out, f)
	}
	if n := len(fresh) - 1; n > 0 && out.Outcome == Flagged {
		out.Message += fmt.Sprintf("; %s in all", plural(n+1, "new dependency"))
	}
	return out, nil
}

// worseDependency keeps the more severe of two; one that could not be told
// stands before a note.
func worseDependency(a, b Finding) Finding {
	rank := func(f Finding) int {
		if f.Outcome == Unknown {
			return int(Note)*2 + 1
		}
		return int(f.Severity) * 2
	}
	if rank(b) > rank(a) {
		a, b = b, a
	}
	a.Signals = append(a.Signals, b.Signals...)
	a.Evidence = append(a.Evidence, b.Evidence...)
	return a
}

func (s *Subject) judgeDependency(d dependency) Finding {
	ev := said(d.kind, d.key+": "+d.value)
	if d.key != d.name {
		ev.Value = d.key + ": npm:" + d.name + "@" + d.value
	}
	switch {
	case d.exotic && local(d.value):
		return flag(Note, "a new dependency on a local path: %s at %s", d.key, cut(d.value, 80)).signal(DepNew).with(ev)
	case d.exotic:
		return flag(Danger, "a new dependency from outside the registry: %s from %s", d.key, cut(d.value, 120)).
			signal(DepNew, DepExotic).with(ev)
	}
	known, asked := s.Facts.Deps[d.name]
	if !asked || !known.Packument.Asked {
		return Finding{Message: "new dependency " + d.name + ": its document was not asked for", Signals: []Signal{DepNew}}
	}
	if err := known.Packument.Err; err != nil {
		return Finding{Message: fmt.Sprintf("new dependency %s: %v", d.name, err), Err: err, Signals: []Signal{DepNew}}
	}
	return s.judgeKnown(d, known).with(ev)
}

// judgeKnown judges a new dependency by its own past.
func (s *Subject) judgeKnown(d dependency, known DepFacts) Finding {
	first := firstSeen(known.Packument.Value)
	switch age := s.Now.Sub(first); {
	case !first.IsZero() && age < s.Limits.DepAge:
		return flag(Danger, "a new dependency that is %s old: %s", ageText(age), d.name).signal(DepNew, DepYoung)
	case s.cameAfter(first):
		return flag(Danger, "a new dependency that was first published after this version: %s", d.name).signal(DepNew, DepYoung)
	case known.Weekly.OK() && known.Weekly.Value < s.Limits.DepDownloads:
		return flag(Danger, "a new dependency with %s in the last week: %s", plural(int(known.Weekly.Value), "download"), d.name).
			signal(DepNew, DepRare)
	}
	f := flag(Note, "a new dependency: %s", d.name).signal(DepNew)
	if s.youngThen(first) {
		f.Message = fmt.Sprintf("a new dependency that was %s old when it was taken in: %s", ageText(s.Release.At.Sub(first)), d.name)
		f = f.signal(DepFresh)
	}
	if known.Weekly.Asked && known.Weekly.Err != nil {
		f.Message += " (weekly downloads not known: " + known.Weekly.Err.Error() + ")"
	}
	return f
}

// cameAfter: the name was registered long after this version asked for it, and
// not long ago: somebody has seen that it was free. (Platform packages follow
// theirs by minutes or days.)
func (s *Subject) cameAfter(first time.Time) bool {
	return !first.IsZero() && s.Release.Dated && s.Now.Sub(first) < s.Limits.Recent && first.Sub(s.Release.At) > s.Limits.DepAge
}

// youngThen: the dependency was young when this version took it in, and that
// is not long ago.
func (s *Subject) youngThen(first time.Time) bool {
	age, dated := s.Age()
	return dated && !first.IsZero() && age < s.Limits.Recent && s.Release.At.Sub(first) < s.Limits.DepAge
}
