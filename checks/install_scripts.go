package checks

import (
	"context"
	"fmt"
	"slices"
)

var installScriptsCheck = Check{
	ID:    "install-scripts",
	Title: "does a script that npm runs at install appear or change?",
	Needs: Packument | Tarball,
	Loose: true,
	Doc: `Reads what npm runs when it installs the package: preinstall, install, postinstall, and the compilation that npm starts by
itself where a binding.gyp lies in the package's root, whether the packument admits it or not; and both of packages that
it brings along in its node_modules. It is compared with the
last release that is no longer young, of the same release line where there is one.

Flagged: new or changed in this version (or in any other that is still young, or was when this one came, up to 90 days ago): danger while young,
then warning; where scripts ran before, a note after a year. Present
all along: note; where the version in use does not have it and it came less than 90 days ago, a warning. A package that starts to compile its own sources and does nothing else at install is a note too, which other
changes lift: its binding.gyp is read for commands. In a tarball of no registry, which has no past: warning.

What to do: read the script before it runs; npm's --ignore-scripts installs without.`,
	Run: runInstallScripts,
}

func runInstallScripts(_ context.Context, s *Subject) (Finding, error) {
	if s.isLoose() {
		return s.looseScripts(), nil
	}
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	now, bare := s.scriptsNow()
	if len(now) == 0 {
		if why := s.tarballMissing(); why != nil {
			return Finding{Message: "the packument names no install script; the tarball could not be read for one: " + why.Error(), Err: why}, nil
		}
		return clearf("nothing runs at install")
	}
	before := s.Predecessor()
	fresh, change := s.freshScripts(now, before, bare)
	ev := scriptEvidence(now)
	if len(fresh) == 0 {
		return s.sinceReplaced(now).with(ev...), nil
	}
	if s.isNative(fresh, bare) {
		return flag(Note, "compiles its own sources at install: %s", scriptText(fresh)).signal(NativeNew).with(ev...), nil
	}
	if change == "" && !s.Release.youngAt(s) {
		return flag(Note, "runs %s at install since its first release", scriptText(now)).with(ev...), nil
	}
	f := flag(s.freshSeverity(before), "runs %s at install, which is new%s", scriptText(fresh), change).with(ev...)
	if f.Severity > Note {
		f = f.signal(ScriptNew)
	}
	if bare {
		f.Message += "; it stands in no script: a binding.gyp in the tarball makes npm run it"
	}
	return f, nil
}

// sinceReplaced is about scripts that are no longer new, and may still be to
// this project: against the version in use, and what came between.
func (s *Subject) sinceReplaced(now []script) Finding {
	w := s.replaced()
	if w == nil {
		return flag(Note, "runs %s at install, as it did before", scriptText(now))
	}
	fresh, _ := s.freshScripts(now, w, false)
	if len(fresh) == 0 {
		return flag(Note, "runs %s at install, as %s does, which it replaces", scriptText(now), w.Version)
	}
	sev := Note
	if came := s.introduced(fresh[0]); came != nil && s.Now.Sub(came.At) < s.Limits.Recent {
		sev = Warning
	}
	return flag(sev, "runs %s at install, which %s, which it replaces, does not", scriptText(fresh), w.Version)
}

// introduced is the first release that ran a script.
func (s *Subject) introduced(n script) *Release {
	for _, w := range s.History.Earlier(s.Release) {
		if slices.ContainsFunc(installScripts(w.Manifest), func(p script) bool { return sameScript(n, s.Version, p, w.Version) }) {
			return w
		}
	}
	return s.Release
}

// freshSeverity: where scripts ran before, another that stayed for as long as a
// package may sleep is no news.
func (s *Subject) freshSeverity(before *Release) Severity {
	age, _ := s.Age()
	switch {
	case age < s.Limits.Young:
		return Danger
	case age >= s.Limits.Dormant && before != nil && len(installScripts(before.Manifest)) > 0:
		return Note
	default:
		return Warning
	}
}

// youngAt says whether the release is young by the subject's clock.
func (r *Release) youngAt(s *Subject) bool { return s.young(r) || !r.Dated }

// scriptsNow is what npm would run for this version: what the packument says,
// and what the tarball holds beside it.
func (s *Subject) scriptsNow() (out []script, bare bool) {
	out = installScripts(s.Manifest)
	if !s.Facts.Tarball.OK() {
		return out, false
	}
	out = append(out, s.Facts.Tarball.Value.Within...)
	inside, gyp := tarballScripts(s.Facts.Tarball.Value)
	for _, t := range inside {
		if !slices.ContainsFunc(out, func(o script) bool { return o.event == t.event && o.command == t.command }) {
			out = append(out, t)
			bare = bare || t.implied && gyp
		}
	}
	return out, bare
}

// tarballMissing says why the tarball could not be read where it should have
// been; nil where it was, or where it is withheld on purpose.
func (s *Subject) tarballMissing() error {
	t := s.Facts.Tarball
	switch {
	case t.OK() && t.Value != nil:
		return t.Value.Err
	case !t.Asked:
		return errNotAsked
	}
	if _, on := withheld(t.Err); on {
		return nil
	}
	return t.Err
}

// freshScripts gives what the release before did not run, and since when in
// words; the words are empty where there is nothing to compare with.
func (s *Subject) freshScripts(now []script, before *Release, bare bool) (fresh []script, since string) {
	if before == nil {
		return now, ""
	}
	past := installScripts(before.Manifest)
	if s.Facts.Before.OK() && before == s.Predecessor() {
		past = append(past, s.Facts.Before.Value.Within...)
	}
	for _, n := range now {
		known := slices.ContainsFunc(past, func(p script) bool { return sameScript(n, s.Version, p, before.Version) })
		if n.implied && n.event == "install" && bare && !known {
			known = s.compiledBefore()
		}
		if !known {
			fresh = append(fresh, n)
		}
	}
	return fresh, " since " + before.Version
}

// compiledBefore says whether the tarball of the release before held a bare
// binding.gyp too.
func (s *Subject) compiledBefore() bool {
	_, bare := tarballScripts(s.Facts.Before.Value)
	return s.Facts.Before.OK() && bare
}

// isNative says whether what is new only compiles the package's own sources.
func (s *Subject) isNative(fresh []script, bare bool) bool {
	if bare || !s.Facts.Tarball.OK() || s.Facts.Tarball.Value.OddGyp != "" {
		return false
	}
	return !slices.ContainsFunc(fresh, func(f script) bool {
		return !onlyCompiles(f.command) || !slices.Contains(installEvents, f.event) // of a package inside, whose sources nobody has read
	})
}

func scriptText(all []script) string {
	var out []string
	for _, s := range all {
		out = append(out, fmt.Sprintf("%s «%s»", s.event, cut(s.command, 80)))
	}
	return list(out, 3)
}

func scriptEvidence(all []script) []Evidence {
	var out []Evidence
	for _, s := range all {
		e := said(s.event, s.command)
		switch {
		case s.implied:
			e.Fact, e.Source = "binding.gyp", "tarball"
		case !slices.Contains(installEvents, s.event): // of a package inside
			e.Source = "tarball"
		}
		out = append(out, e)
	}
	return out
}
