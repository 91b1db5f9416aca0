// Package policy reads the policy files, the approvals and the baseline, and
// makes one checks.Policy of them.
//
// The layers are: what is built in, the machine's file, the user's, the
// project's. A later layer takes the place of an earlier one, but for what the
// machine has locked, and but for the project, which can only tighten: what
// loosens is ignored, with one line that says so.
package policy

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"gpq/checks"
)

// Files are the policy files, by path; "" for none. One that does not exist is
// as if it were empty, but for UserMust.
type Files struct {
	Machine, User, Project string
	// UserMust: the user named the file, and it has to be there.
	UserMust bool
}

// Loaded is the policy in force, and where it comes from.
type Loaded struct {
	Policy *checks.Policy
	// Origins has, by the path of a setting («limits.young»), the file and line
	// it was last set in; what is not there is built in.
	Origins map[string]string
	// Ignored has a line for each setting that a layer was not allowed.
	Ignored []checks.Notice
	// ProjectApprovals says where the project's own approvals count.
	ProjectApprovals ProjectApprovals
	Imports          []Import
	locked           []string
}

// ProjectApprovals says where a project's own approvals count. The zero value
// is nowhere.
type ProjectApprovals string

// Where a project's approvals count.
const (
	ApprovalsIgnored ProjectApprovals = ""
	// ApprovalsConfirmed: in folders that the user confirmed once.
	ApprovalsConfirmed ProjectApprovals = "confirmed"
	// ApprovalsCount: everywhere, for CI whose policy names the repository.
	ApprovalsCount ProjectApprovals = "count"
)

// layer is one file's right to set things.
type layer struct {
	name string // machine, user, project
	file string
	// tighten: may only tighten.
	tighten bool
}

// setting is one value that a layer sets.
type setting struct {
	path  string
	line  int
	value string // as written, for show
	// loosens says whether it would loosen the policy so far.
	loosens bool
	apply   func(*Loaded)
}

// Load reads the files and makes the policy. An error is a file that cannot be
// read, with its line.
func Load(f Files) (*Loaded, error) {
	out := &Loaded{Policy: checks.DefaultPolicy(), Origins: map[string]string{}}
	for _, l := range []layer{{"machine", f.Machine, false}, {"user", f.User, false}, {"project", f.Project, true}} {
		if l.file == "" {
			continue
		}
		text, err := readFile(l.file)
		if errors.Is(err, fs.ErrNotExist) && (l.name != "user" || !f.UserMust) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("policy: %w", err)
		}
		if err := out.add(l, text); err != nil {
			return nil, fmt.Errorf("policy: %w", err)
		}
	}
	return out, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxFile {
		return nil, fmt.Errorf("%s: no file of at most 1 MB", path)
	}
	return os.ReadFile(path) // #nosec G304 -- the files that the user's own configuration names
}

// add puts one layer over what is there.
func (o *Loaded) add(l layer, text []byte) error {
	root, err := parse(l.file, text)
	if err != nil {
		return err
	}
	for _, f := range root.fields {
		read, ok := sections()[f.key]
		if !ok {
			return &problem{l.file, f.line, fmt.Sprintf("there is no setting %q", f.key)}
		}
		r := &reader{Loaded: o, layer: l}
		if err := read(r, f.value); err != nil {
			var p *problem
			if errors.As(err, &p) {
				return p
			}
			return &problem{l.file, f.line, f.key + ": " + err.Error()}
		}
		o.take(l, r.settings)
	}
	return nil
}

// take applies what the layer may set, and notes what it may not.
func (o *Loaded) take(l layer, all []setting) {
	for _, s := range all {
		from := fmt.Sprintf("%s:%d", l.file, s.line)
		if s.loosens && (l.tighten || l.name != "machine" && o.isLocked(s.path)) {
			why := "a project can only tighten"
			if !l.tighten {
				why = "the machine's policy has locked it"
			}
			o.Ignored = append(o.Ignored, checks.Notice{Kind: checks.NoticePolicy, Subject: s.path,
				Text: fmt.Sprintf("%s: %s is ignored: %s", from, s.path, why)})
			continue
		}
		s.apply(o)
		o.Origins[s.path] = from
	}
}

// isLocked says whether a path, or what it is part of, is locked.
func (o *Loaded) isLocked(path string) bool {
	return slices.ContainsFunc(o.locked, func(l string) bool {
		return l == "*" || path == l || strings.HasPrefix(path, l+".")
	})
}

// readLarge reads a file of at most 64 MB.
func readLarge(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() || info.Size() > 64<<20 {
		return nil, fmt.Errorf("%s: no file of at most 64 MB", path)
	}
	return os.ReadFile(path) // #nosec G304 -- the files that the user's own configuration names
}
