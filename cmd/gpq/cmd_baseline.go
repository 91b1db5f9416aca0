package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"gpq/checks/policy"
	"gpq/prompt/report"
	"gpq/resolver"
	"gpq/shim/argv"
)

func (p *process) baselineCommand(own argv.Own) *cli.Command {
	return &cli.Command{
		Name:  "baseline",
		Usage: "take the present lockfile as known: only what changes after it is judged",
		Action: func(c *cli.Context) error {
			if err := wantArgs(c, 0, 0); err != nil {
				return err
			}
			return p.baseline(c.Context, own)
		},
	}
}

func (p *process) baseline(ctx context.Context, own argv.Own) error {
	s, err := p.openWords(ctx, own, "baseline", nil)
	if err != nil {
		return err
	}
	plan, err := s.plan(ctx)
	if err != nil {
		return err
	}
	kept := plan.Items[:0]
	for _, it := range plan.Items {
		if it.Change == resolver.Unchanged {
			kept = append(kept, it)
		}
	}
	if plan.Items = kept; len(kept) == 0 {
		return usagef("run it where a package-lock.json is", errors.New("baseline: no lockfile here has anything"))
	}
	rep, err := s.check(ctx, plan)
	if err != nil {
		return err
	}
	b, without := policy.NewBaseline(rep)
	text, err := policy.FormatBaseline(b)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(s.baselinePath()), 0o700); err != nil {
		return err
	}
	if err := writeFile(s.baselinePath(), func(w io.Writer) error { _, err := w.Write(text); return err }); err != nil {
		return err
	}
	sum := rep.Summary()
	_, err = fmt.Fprintf(s.out, "took %s as known (with %s and %s), in %s\n", count(len(b.Packages), "package"), count(sum.Danger, "danger"), count(sum.Warning, "warning"), s.baselinePath())
	for _, name := range without {
		s.say("%s has no integrity in the lockfile, and stays judged", report.Escape(name))
	}
	return err
}

// projectKey names a project's folder in files of gpq's own.
func projectKey(root string) string {
	sum := sha256.Sum256([]byte(root))
	return hex.EncodeToString(sum[:12])
}
