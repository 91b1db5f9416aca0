package checks

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"gpq/checks/advisory"
	"gpq/checks/domain"
	"gpq/checks/downloads"
	"gpq/checks/names"
	"gpq/resolver"
)

// OutsideOptions say whom to ask beside the registry.
type OutsideOptions struct {
	// Advisories that are nil were not asked, which is «unknown»; to switch
	// OSV off, give a client without it. Domains and Downloads that are nil are
	// switched off.
	Advisories *advisory.Client
	Domains    *domain.Client
	Downloads  *downloads.Client
	// Names gives the list of the most used names, at most once; nil looks for
	// no imitations.
	Names func() (*names.List, error)
	// Default is the registry in force, Scopes those that scopes («@acme») have
	// of their own: base URLs. Names from there are no public ones.
	Default string
	Scopes  map[string]string
}

// Outside finds out what the world outside the registry says of a plan. It is
// a Collector, for one run.
type Outside struct {
	o    OutsideOptions
	once sync.Once
	list *names.List
	err  error
}

// NewOutside makes a collector.
func NewOutside(o OutsideOptions) *Outside { return &Outside{o: o} }

// Ahead asks about the very versions of the plan, and unpacks the list of names.
func (o *Outside) Ahead(ctx context.Context, subjects []*Subject) {
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = o.names() })
	wg.Go(func() { o.advisories(ctx, subjects) })
	wg.Wait()
}

// Collect asks all other services side by side, each within its own time.
func (o *Outside) Collect(ctx context.Context, subjects []*Subject) {
	var wg sync.WaitGroup
	wg.Go(func() { o.domains(ctx, subjects) })
	wg.Go(func() {
		o.lookalikes(subjects)
		o.downloads(ctx, subjects)
	})
	wg.Wait()
}

// Notices has one line for each service that failed, with host and reason.
func (o *Outside) Notices() []Notice {
	var lines []string
	if o.o.Advisories != nil {
		lines = append(lines, o.o.Advisories.Outages()...)
	}
	if o.o.Domains != nil {
		lines = append(lines, o.o.Domains.Outages()...)
	}
	if line := o.o.Downloads.Outage(); line != "" {
		lines = append(lines, line)
	}
	slices.Sort(lines)
	var out []Notice
	for _, line := range slices.Compact(lines) {
		host, why, _ := strings.Cut(line, ": ")
		out = append(out, Notice{NoticeService, host, why})
	}
	return out
}

// collectorNotices are what collectors have to say of the whole run.
func collectorNotices(all []Collector) []Notice {
	var out []Notice
	for _, c := range all {
		if n, ok := c.(interface{ Notices() []Notice }); ok {
			out = append(out, n.Notices()...)
		}
	}
	return out
}

// advisories asks about every version of the plan that is from a registry.
func (o *Outside) advisories(ctx context.Context, subjects []*Subject) {
	if o.o.Advisories == nil {
		return
	}
	var asks []advisory.Ask
	for _, s := range subjects {
		if s.Registry == "" {
			s.Facts.Advisories = heldBack[advisory.Report]("from no registry")
			continue
		}
		a := advisory.Ask{Query: queryOf(s)}
		if w := o.keeps(s, o.o.Advisories.Public()); w != nil {
			a.Withheld = w
		}
		asks = append(asks, a)
	}
	got := o.o.Advisories.Reports(ctx, asks)
	for _, s := range subjects {
		if r, ok := got[queryOf(s)]; ok && s.Registry != "" {
			s.Facts.Advisories = Answered(r, nil)
		}
	}
}

func queryOf(s *Subject) advisory.Query {
	return advisory.Query{Name: s.Name, Version: s.Version, Registry: s.Registry}
}

func heldBack[T any](why string) Answer[T] {
	return Answer[T]{Err: &Withheld{why}, Asked: true}
}

// downloads asks for the names whose figures can change the verdict.
func (o *Outside) downloads(ctx context.Context, subjects []*Subject) {
	weekly := map[string]Answer[downloads.Week]{}
	var ask []string
	for _, s := range subjects {
		if why := o.noDownloads(s); why != nil {
			s.Facts.Downloads = Answer[downloads.Week]{Err: why, Asked: true}
		} else {
			ask = append(ask, s.Name)
		}
		ask = append(ask, o.dependenciesToAsk(s, weekly)...)
	}
	if len(ask) > 0 {
		for name, a := range o.o.Downloads.Weekly(ctx, ask) {
			weekly[name] = Answered(a.Week, a.Err)
		}
	}
	for _, s := range subjects {
		s.Facts.Weekly = weekly
		if a, ok := weekly[s.Name]; ok && !s.Facts.Downloads.Asked {
			s.Facts.Downloads = a
		}
	}
}

// noDownloads says why an item's own figures are not asked for; nil if they
// are.
func (o *Outside) noDownloads(s *Subject) *Withheld {
	if o.o.Downloads.Off() {
		return &Withheld{"switched off"}
	}
	if w := o.keeps(s, o.o.Downloads.Public()); w != nil {
		return w
	}
	near := s.Facts.Lookalike.Value.Popular != "" && s.Change != resolver.Unchanged
	switch {
	case s.Facts.Popular:
		return &Withheld{"one of the most used packages"}
	case !s.Named && !near:
		return &Withheld{"asked only for names given by hand"}
	}
	return nil
}

// dependenciesToAsk gives a subject's new dependencies, without those that the
// list knows to be used: they are answered at once.
func (o *Outside) dependenciesToAsk(s *Subject, weekly map[string]Answer[downloads.Week]) []string {
	if o.o.Downloads.Off() || s.Change == resolver.Unchanged || o.keeps(s, o.o.Downloads.Public()) != nil {
		return nil
	}
	var ask []string
	for _, name := range s.NewDependencies() {
		switch {
		case s.Rules.IsPrivate(name) || o.ownRegistry(name) != "":
			weekly[name] = heldBack[downloads.Week]("a private name")
		case o.list != nil && o.list.Has(name):
			weekly[name] = Answered(downloads.Week{Count: downloads.Floor, AtLeast: true}, nil)
		default:
			ask = append(ask, name)
		}
	}
	return ask
}

// domains asks who holds the addresses' domains of what is added or updated.
func (o *Outside) domains(ctx context.Context, subjects []*Subject) {
	people := make([][]holder, len(subjects))
	var ask []string
	for _, i := range byConcern(subjects) {
		s := subjects[i]
		if why := o.noDomains(s); why != nil {
			s.Facts.Domains = Answer[[]domain.Holding]{Err: why, Asked: true}
			continue
		}
		people[i] = holdersOf(s, o.o.Domains.Registrable)
		for _, h := range people[i] {
			if h.kind == domain.Public && !slices.Contains(ask, h.domain) {
				ask = append(ask, h.domain)
			}
		}
	}
	var got map[string]domain.Record
	if len(ask) > 0 {
		got = o.o.Domains.Lookup(ctx, ask)
	}
	for i, s := range subjects {
		if !s.Facts.Domains.Asked {
			s.Facts.Domains = Answered(holdings(people[i], got, s.Now), nil)
		}
	}
}

// byConcern orders items so that those asked for by hand come first, then the
// project's own: the time for domains may not be enough for all.
func byConcern(subjects []*Subject) []int {
	order := make([]int, len(subjects))
	for i := range order {
		order[i] = i
	}
	concern := func(i int) int {
		switch s := subjects[i]; {
		case s.Named:
			return 0
		case s.Direct:
			return 1
		default:
			return 2
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return concern(a) - concern(b) })
	return order
}

func (o *Outside) noDomains(s *Subject) *Withheld {
	switch {
	case o.o.Domains.Off():
		return &Withheld{"RDAP is switched off"}
	case s.Registry == "":
		return &Withheld{"from no registry"}
	case s.Change == resolver.Unchanged:
		return &Withheld{"asked only for what is added or updated"}
	case s.Packument == nil:
		return &Withheld{"without a packument"}
	}
	return o.keeps(s, o.o.Domains.Public())
}

// holdings judges what was found out, the worst first.
func holdings(people []holder, got map[string]domain.Record, now time.Time) []domain.Holding {
	var out []domain.Holding
	for _, p := range people {
		h := domain.Holding{Domain: p.domain, Who: p.who, Since: p.since}
		r := got[p.domain]
		switch p.kind {
		case domain.Mail:
			h.State = domain.Provider
		case domain.Special:
			h.State = domain.NotPublic
		case domain.Public:
			h.State, h.Source, h.Reason = r.Judge(p.since, now), r.Source, r.Reason
			h.Registered, h.Expires = r.Registered, r.Expires
		default:
			h.Reason = p.domain + " is under no known public suffix"
		}
		out = append(out, h)
	}
	slices.SortStableFunc(out, func(a, b domain.Holding) int { return int(b.State) - int(a.State) })
	return out
}
