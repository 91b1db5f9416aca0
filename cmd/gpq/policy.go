package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gpq/checks"
	"gpq/checks/policy"
	"gpq/resolver/fetch"
)

// Where policy, approvals and baseline lie.
const (
	machinePolicy  = "/etc/gpq/policy.yaml"
	policyFile     = "policy.yaml"
	approvalsFile  = "approvals.yaml"
	baselineFile   = "baseline.json"
	projectFolder  = ".gpq"
	confirmedFile  = "confirmed-projects"
	maxImportBytes = 1 << 20
	importFresh    = time.Hour
)

// policyFiles are the layers for a project in root; "" is none.
func (p *process) policyFiles(named, root string) policy.Files {
	f := policy.Files{Machine: machinePolicy, User: filepath.Join(p.configDir(), policyFile)}
	if named != "" {
		f.User, f.UserMust = p.abs(named), true
	}
	if root != "" {
		f.Project = filepath.Join(root, projectFolder, policyFile)
	}
	return f
}

// readPolicy reads the layers, approvals and baseline. The project's folder is
// found as npm finds it.
func (s *session) readPolicy(ctx context.Context) error {
	loaded, err := policy.Load(s.policyFiles(s.own.Policy, s.config.Root))
	if err != nil {
		return usagef("", err)
	}
	s.loaded, s.policy = loaded, loaded.Policy
	s.notices = append(s.notices, loaded.Ignored...)
	if err := s.readApprovals(ctx); err != nil {
		return usagef("", err)
	}
	baseline, err := policy.LoadBaseline(s.baselinePath())
	if err != nil {
		return usagef("gpq baseline writes it anew", err)
	}
	s.policy.Baseline = baseline
	return nil
}

func (s *session) readApprovals(ctx context.Context) error {
	own, err := policy.LoadApprovals(filepath.Join(s.configDir(), approvalsFile))
	if err != nil {
		return err
	}
	file := filepath.Join(s.config.Root, projectFolder, approvalsFile)
	theirs, err := policy.LoadApprovals(file)
	if err != nil {
		return err
	}
	if len(theirs) > 0 && !s.projectApprovalsCount(ctx) {
		s.notices = append(s.notices, checks.Notice{Kind: checks.NoticeApproval, Subject: file,
			Text: fmt.Sprintf("%s: the project's own approvals do not count: your policy does not say that they may (approvals.project)", file)})
		theirs = nil
	}
	imported, notices := s.loaded.ImportApprovals(ctx, s.fetchApprovals)
	s.notices = append(s.notices, notices...)
	s.policy.Approvals = append(append(own, theirs...), imported...)
	return nil
}

// projectApprovalsCount: where the policy says so, or the person once did for
// this folder.
func (s *session) projectApprovalsCount(ctx context.Context) bool {
	switch s.loaded.ProjectApprovals {
	case policy.ApprovalsCount:
		return true
	case policy.ApprovalsConfirmed:
		return s.confirmed() || s.confirmNow(ctx)
	default:
	}
	return false
}

func (s *session) confirmed() bool {
	text, err := os.ReadFile(filepath.Join(s.configDir(), confirmedFile))
	return err == nil && slices.Contains(strings.Split(string(text), "\n"), s.config.Root)
}

func (s *session) confirmNow(ctx context.Context) bool {
	if !s.mode().Terminal || strings.ContainsAny(s.config.Root, "\n\r") {
		return false
	}
	if !s.confirm(ctx, "Let the approvals of the project in this folder count from now on?") {
		return false
	}
	file := filepath.Join(s.configDir(), confirmedFile)
	before, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return false
	}
	if err := os.MkdirAll(s.configDir(), 0o700); err != nil {
		return false
	}
	return writeFile(file, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s%s\n", before, s.config.Root)
		return err
	}) == nil
}

// fetchApprovals gets a set of approvals that the policy imports.
func (s *session) fetchApprovals(ctx context.Context, from string) ([]byte, error) {
	if !strings.HasPrefix(from, "https://") {
		if strings.Contains(from, "://") {
			return nil, errors.New("only https:// and files can be imported")
		}
		return os.ReadFile(s.abs(from))
	}
	r, err := s.fetch.Do(ctx, fetch.Request{URL: from, MaxBytes: maxImportBytes, Fresh: importFresh})
	if err != nil {
		return nil, err
	}
	if r.Status != 200 {
		return nil, fmt.Errorf("status %d", r.Status)
	}
	return r.Body, nil
}

// baselinePath is the project's baseline, kept with the user's own settings: a
// cloned repository must not bring one.
func (s *session) baselinePath() string {
	return filepath.Join(s.configDir(), "baselines", projectKey(s.config.Root)+".json")
}

// trustedHosts are those of the registries that the user's policy lists. It is
// read without the project's layer, before the project's folder is known.
func (p *process) trustedHosts(named string) ([]string, error) {
	loaded, err := policy.Load(p.policyFiles(named, ""))
	if err != nil {
		return nil, usagef("", err)
	}
	var hosts []string
	for _, r := range loaded.Policy.Rules.Registries {
		hosts = append(hosts, hostPort(r.URL))
	}
	return hosts, nil
}
