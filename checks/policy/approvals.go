package policy

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"gpq/checks"
)

// record is an approval as its file has it.
type record struct {
	Package   string   `yaml:"package"`
	Integrity string   `yaml:"integrity"`
	Checks    []string `yaml:"checks"`
	Severity  string   `yaml:"severity"`
	Reason    string   `yaml:"reason"`
	Expires   string   `yaml:"expires"`
	Findings  string   `yaml:"findings"`
}

// ParseApprovals reads an approvals file. file is what errors and reports name.
func ParseApprovals(file string, text []byte) ([]checks.Approval, error) {
	root, err := parse(file, text)
	if err != nil {
		return nil, err
	}
	r := &reader{layer: layer{file: file}}
	var out []checks.Approval
	for _, f := range root.fields {
		if f.key != "approvals" || f.value.list == nil {
			return nil, r.wrong(f.line, "want a list «approvals» and nothing else")
		}
		for _, item := range f.value.list {
			a, err := r.approval(item)
			if err != nil {
				return nil, err
			}
			out = append(out, a)
		}
	}
	return out, nil
}

func (r *reader) approval(n node) (checks.Approval, error) {
	a := checks.Approval{Source: r.layer.file}
	var pkg string
	err := r.entry(n, map[string]func(node) error{
		"package": into(&pkg), "integrity": into(&a.Integrity), "reason": into(&a.Reason), "findings": into(&a.Digest),
		"checks": intoChecks(&a.Checks),
		"severity": func(n node) (err error) {
			if n.text == "unknown" {
				return nil
			}
			a.Severity, err = parseSeverity(n.text)
			return err
		},
		"expires": func(n node) (err error) {
			a.Expires, err = parseDay(n.text)
			return err
		},
	}, "package", "integrity", "checks", "severity", "reason", "expires", "findings")
	if err != nil {
		return a, err
	}
	i := strings.LastIndex(pkg, "@")
	if i <= 0 || i == len(pkg)-1 {
		return a, r.wrong(n.line, "package: want NAME@VERSION")
	}
	a.Name, a.Version = pkg[:i], pkg[i+1:]
	return a, nil
}

// FormatApprovals writes approvals as ParseApprovals reads them.
func FormatApprovals(all []checks.Approval) ([]byte, error) {
	out := struct {
		Approvals []record `yaml:"approvals"`
	}{Approvals: []record{}}
	for _, a := range all {
		ids := []string{}
		for _, id := range a.Checks {
			ids = append(ids, string(id))
		}
		sev := a.Severity.String()
		if sev == "" {
			sev = "unknown"
		}
		out.Approvals = append(out.Approvals, record{a.Name + "@" + a.Version, a.Integrity, ids, sev, a.Reason,
			a.Expires.UTC().Format(time.RFC3339), a.Digest})
	}
	return yaml.MarshalWithOptions(out, yaml.IndentSequence(true))
}

// WithApproval puts an approval in place of the one for the same artefact and
// checks, or behind the others. What is over is left out.
func WithApproval(all []checks.Approval, a checks.Approval, now time.Time) []checks.Approval {
	var out []checks.Approval
	for _, o := range all {
		same := o.Name == a.Name && o.Version == a.Version
		if !same && now.Before(o.Expires) || same && !covers(a.Checks, o.Checks) && now.Before(o.Expires) {
			out = append(out, o)
		}
	}
	return append(out, a)
}

// covers says whether all of b stand in a.
func covers(a, b []checks.ID) bool {
	has := map[checks.ID]bool{}
	for _, id := range a {
		has[id] = true
	}
	for _, id := range b {
		if !has[id] {
			return false
		}
	}
	return true
}

// LoadApprovals reads a file of approvals; one that does not exist has none.
func LoadApprovals(path string) ([]checks.Approval, error) {
	text, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("approvals: %w", err)
	}
	return ParseApprovals(path, text)
}

// Fetch gets a set of approvals by path or URL.
type Fetch func(ctx context.Context, from string) ([]byte, error)

// ImportApprovals gets the sets that the policy imports. A set whose digest is
// another is left out with a line that says so: its own imports never count.
func (o *Loaded) ImportApprovals(ctx context.Context, get Fetch) (all []checks.Approval, notices []checks.Notice) {
	for _, im := range o.Imports {
		got, err := importOne(ctx, im, get)
		if err != nil {
			notices = append(notices, checks.Notice{Kind: checks.NoticeApproval, Subject: im.From, Text: "imported approvals do not count: " + err.Error()})
			continue
		}
		all = append(all, got...)
	}
	return all, notices
}

func importOne(ctx context.Context, im Import, get Fetch) ([]checks.Approval, error) {
	text, err := get(ctx, im.From)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(text); !strings.EqualFold("sha256-"+hex.EncodeToString(sum[:]), im.Digest) {
		return nil, fmt.Errorf("the set has another digest than the policy names: sha256-%s", hex.EncodeToString(sum[:]))
	}
	return ParseApprovals(im.From, text)
}

func validDigest(s string) bool {
	rest, ok := strings.CutPrefix(s, "sha256-")
	raw, err := hex.DecodeString(rest)
	return ok && err == nil && len(raw) == sha256.Size
}
