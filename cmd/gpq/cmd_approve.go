package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"gpq/checks"
	"gpq/checks/policy"
	"gpq/prompt/report"
	"gpq/shim/argv"
)

const day = 24 * time.Hour

func (p *process) approveCommand(own argv.Own) *cli.Command {
	return &cli.Command{
		Name: "approve", ArgsUsage: "NAME@VERSION CHECK… --reason TEXT [--expires DAYS] [--project]",
		Usage: "accept findings about one package, bound to its tarball and to what was found",
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "reason", Usage: "why this is good: `TEXT` for whoever reads it in a year"},
			&cli.IntFlag{Name: "expires", Value: 30, Usage: "how many `DAYS` it holds, at most 365"},
			&cli.BoolFlag{Name: "project", Usage: "write it into the project's .gpq/approvals.yaml, to be reviewed with the code"},
		},
		SkipFlagParsing: true, // flags stand behind the words here
		Action: func(c *cli.Context) error {
			a, err := parseApprove(c.Args().Slice())
			if err != nil {
				return usagef("gpq approve NAME@VERSION CHECK… --reason TEXT [--expires DAYS]", err)
			}
			if a.help {
				return cli.ShowSubcommandHelp(c)
			}
			return p.approve(c.Context, own, a)
		},
	}
}

// approveWords are the words of gpq approve.
type approveWords struct {
	spec, reason  string
	ids           []checks.ID
	days          int
	project, help bool
}

func parseApprove(words []string) (approveWords, error) {
	a := approveWords{days: 30}
	var plain []string
	for i := 0; i < len(words); i++ {
		name, value, cut := strings.Cut(words[i], "=")
		takes := name == "--reason" || name == "--expires"
		if takes && !cut {
			if i++; i == len(words) {
				return a, fmt.Errorf("%s needs a value", name)
			}
			value = words[i]
		}
		switch {
		case name == "--reason":
			a.reason = value
		case name == "--expires":
			days, err := strconv.Atoi(value)
			if a.days = days; err != nil || days < 1 {
				return a, fmt.Errorf("--expires %s: want a number of days, such as 30", report.Escape(value))
			}
		case name == "--project":
			a.project = true
		case name == "--help" || name == "-h":
			a.help = true
		case strings.HasPrefix(name, "-"):
			return a, fmt.Errorf("there is no flag %s here", name)
		default:
			plain = append(plain, words[i])
		}
	}
	if a.help {
		return a, nil
	}
	return a, a.take(plain)
}

func (a *approveWords) take(plain []string) error {
	if len(plain) < 2 {
		return errors.New("approve: name a package with its version, and the checks")
	}
	a.spec = plain[0]
	if i := strings.LastIndex(a.spec, "@"); i <= 0 || i == len(a.spec)-1 {
		return fmt.Errorf("%s: an approval is for one version: NAME@VERSION", report.Escape(a.spec))
	}
	known := map[checks.ID]bool{}
	for _, c := range checks.All() {
		known[c.ID] = true
	}
	for _, id := range plain[1:] {
		if !known[checks.ID(id)] {
			return fmt.Errorf("there is no check %q (gpq checks lists them)", report.Escape(id))
		}
		a.ids = append(a.ids, checks.ID(id))
	}
	if strings.TrimSpace(a.reason) == "" {
		return errors.New("approve: --reason is for whoever reads this in a year")
	}
	return nil
}

func (p *process) approve(ctx context.Context, own argv.Own, a approveWords) error {
	s, err := p.openWords(ctx, own, "approve", []string{a.spec})
	if err != nil {
		return err
	}
	it, err := s.found(ctx, a.spec)
	if err != nil {
		return err
	}
	made, err := checks.NewApproval(it, a.ids, a.reason, s.now(), s.now().Add(time.Duration(a.days)*day))
	if err != nil {
		return usagef("", err)
	}
	file := filepath.Join(s.configDir(), approvalsFile)
	if a.project {
		file = filepath.Join(s.config.Root, projectFolder, approvalsFile)
	}
	if err := addApproval(file, made, s.now()); err != nil {
		return err
	}
	var words []string
	for _, id := range made.Checks {
		words = append(words, string(id))
	}
	_, err = fmt.Fprintf(s.out, "approved %s: %s, until %s, in %s\n", report.Escape(a.spec), strings.Join(words, ", "), made.Expires.Format(time.DateOnly), file)
	if a.project && err == nil {
		s.say("a project's approvals count only where the user's policy says so (approvals.project)")
	}
	return err
}

func addApproval(file string, made checks.Approval, now time.Time) error {
	all, err := policy.LoadApprovals(file)
	if err != nil {
		return usagef("mend or remove the file", err)
	}
	text, err := policy.FormatApprovals(policy.WithApproval(all, made, now))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return writeFile(file, func(w io.Writer) error { _, err := w.Write(text); return err })
}

// refusedArea of the store keeps what was found about packages that were not
// let through, so that an approval is bound to what the person has read.
const refusedArea = "refused"

// remember keeps the findings of what counts against a package.
func (s *session) remember(rep *checks.Report) {
	for i := range rep.Items {
		it := rep.Items[i]
		if it.Worst() < checks.Warning && len(s.policy.Open(&it)) == 0 {
			continue
		}
		kept := checks.ItemReport{Item: it.Item}
		for _, f := range it.Findings {
			f.Err = nil
			kept.Findings = append(kept.Findings, f)
		}
		if text, err := json.Marshal(kept); err == nil {
			_ = s.store.Put(refusedArea, s.refusedKey(it.Item.Name+"@"+it.Item.Version), text)
		}
	}
}

func (s *session) refusedKey(spec string) string { return projectKey(s.config.Root) + " " + spec }

// found is what was found about a package: in the last run that did not let it
// through from this folder, else now.
func (s *session) found(ctx context.Context, spec string) (*checks.ItemReport, error) {
	var it checks.ItemReport
	if text, err := s.store.Get(refusedArea, s.refusedKey(spec), 16<<20); err == nil && json.Unmarshal(text, &it) == nil && it.Item.Integrity != "" {
		return &it, nil
	}
	plan, err := s.plan(ctx)
	if err != nil {
		return nil, err
	}
	rep, err := s.check(ctx, plan)
	if err != nil {
		return nil, err
	}
	for i := range rep.Items {
		if got := &rep.Items[i]; got.Item.Name+"@"+got.Item.Version == spec {
			return got, nil
		}
	}
	return nil, usagef("", fmt.Errorf("%s is not what npm would install here", report.Escape(spec)))
}
