package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gpq/checks"
	"gpq/checks/attest"
	"gpq/checks/policy"
	"gpq/resolver"
	"gpq/resolver/fetch"
	"gpq/resolver/npmrc"
	"gpq/resolver/registry"
	"gpq/resolver/spec"
	"gpq/resolver/store"
	"gpq/shim"
	"gpq/shim/argv"
)

// session is everything one judged command works with: the pipeline's rooms,
// set up from configuration.
type session struct {
	*process
	job
	vers       shim.Versions
	config     *npmrc.Config
	store      *store.Store
	fetch      *fetch.Client
	client     *registry.Client
	larder     *larder
	git        *repositories
	keeper     *attest.Keeper
	loaded     *policy.Loaded
	policy     *checks.Policy
	notices    []checks.Notice
	collectors []checks.Collector // find facts out ahead
	began      time.Time
	held       *shim.Held // npm, as far as it goes without a clearance; nil for none
	memory     memory
}

// open sets a session up for an npm command, and begins to ask about what it
// names.
func (p *process) open(ctx context.Context, j job) (*session, error) {
	s := &session{process: p, job: j, began: p.now()}
	s.allowMemory()
	if p.dir == "" {
		return nil, errors.New("the folder this was called in is gone: change to another one; npm did not run")
	}
	if err := s.openStore(); err != nil {
		return nil, err
	}
	learned := s.learn(ctx)
	for _, step := range []func() error{
		s.readConfig, s.openNetwork, func() error { return s.readPolicy(ctx) }, s.openTrust,
	} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	s.greet(ctx) // nobody is asked anything before what is ours to read was found right
	s.keeper.Renew(ctx)
	if err := <-learned; err != nil {
		var missing *shim.NotFoundError
		if errors.As(err, &missing) { // npm would not start without node
			return nil, &exitError{exitNoNPM, err, hintOf(err)}
		}
		return nil, fmt.Errorf("cannot tell the versions of npm and node: %w", err)
	}
	return s, nil
}

// readConfig reads npm's own configuration, as npm would for this command.
func (s *session) readConfig() error {
	trusted, err := s.trustedHosts(s.own.Policy)
	if err != nil {
		return err
	}
	s.config, err = npmrc.Load(npmrc.Options{
		Cwd: s.dir, Home: s.home(), Environ: s.env, CLI: s.cmd.Config, NPMDir: s.tool.PackageDir(),
		Prefix: s.prefix(), Trusted: trusted,
	})
	return err
}

// learn finds out the versions beside everything else: where nothing has them
// yet, npm or node are asked, which takes as long as a first answer from the
// registry.
func (s *session) learn(ctx context.Context) <-chan error {
	done := make(chan error, 1)
	go func() {
		var err error
		s.vers, err = shim.Learn(ctx, s.tool, s.shimWorld(s.cmd.Args), s.store.Dir())
		done <- err
	}()
	return done
}

// greet asks early about the packages that the command names: the plan begins
// with them.
func (s *session) greet(ctx context.Context) {
	if s.cmd.Class != argv.Install {
		return
	}
	for _, word := range s.cmd.Positionals {
		sp := spec.Parse(word, spec.Place{Dir: s.dir, Home: s.home()})
		if target := sp.Target(); sp.Registry() && target.Name != "" {
			go func() { _, _ = s.client.Packument(ctx, target.Name) }() // asked again, and told, by the plan
		}
	}
}

// openNetwork makes the one door to the network, and the registry client
// behind it.
func (s *session) openNetwork() error {
	f, err := s.config.FetchOptions()
	if err != nil {
		return usagef("it is set in npm's configuration", err)
	}
	f.Store, f.Now, f.UserAgent = s.store, s.now, "gpq/"+version
	s.fetch = fetch.New(f)
	r := s.config.RegistryOptions()
	r.Store, r.NPMCache = s.store, s.npmCache()
	s.client = registry.New(s.fetch, r)
	s.larder = newLarder(s.client)
	s.git = &repositories{git: shim.Git{World: s.shimWorld(nil), Dir: s.store.Dir()}, offline: f.Offline}
	s.larder.git = s.git
	return nil
}

// openTrust loads the trust root and the keys. They are renewed behind, at most
// daily.
func (s *session) openTrust() error {
	o := attest.KeeperOptions{
		Keep: s.store, Door: s.fetch, Dir: filepath.Join(s.store.Dir(), "tuf"), Now: s.now,
	}
	var err error
	if o.RootFile, err = s.ownFile("--trusted-root", s.own.TrustedRoot); err != nil {
		return err
	}
	o.RootName = s.own.TrustedRoot
	if o.KeysFile, err = s.ownFile("--registry-keys", s.own.RegistryKeys); err != nil {
		return err
	}
	if s.keeper, err = attest.NewKeeper(o); err != nil {
		return usagef("", err)
	}
	return nil
}

// ownFile reads a file that one of gpq's flags names; nil where it names none.
func (s *session) ownFile(flag, name string) ([]byte, error) {
	if name == "" {
		return nil, nil
	}
	data, err := os.ReadFile(s.abs(name))
	if err != nil {
		return nil, usagef("", fmt.Errorf("%s: %w", flag, err))
	}
	return data, nil
}

// shimWorld is what finding the real npm depends on.
func (p *process) shimWorld(args []string) shim.World {
	return shim.World{Env: p.env, Dir: p.dir, Self: p.self, PID: os.Getpid(), Args: args}
}

// prefix is npm's default for its global prefix: the folder above bin/node.
func (s *session) prefix() string {
	node, err := shim.FindNode(s.tool, s.shimWorld(nil))
	if err != nil {
		return ""
	}
	return filepath.Dir(filepath.Dir(node.Real))
}

// plan works out what the command would fetch.
func (s *session) plan(ctx context.Context) (*resolver.Plan, error) {
	r := resolver.New(resolver.Settings{
		Source: s.source(), Contents: nil, RegistryOf: s.client.RegistryFor,
		Advisories: s.advised, Home: s.home(), Now: s.now(), Chosen: s.expect(ctx),
	})
	s.larder.request = s.request()
	plan, err := r.Resolve(ctx, s.larder.request)
	if err != nil {
		return nil, s.unplanned(err)
	}
	plan.Notes = append(s.configNotes(), plan.Notes...)
	return plan, nil
}

// unplanned: nothing to plan with is exit 4 in every mode.
func (s *session) unplanned(err error) error {
	var coded *exitError
	if errors.As(err, &coded) {
		return err
	}
	if errors.Is(err, context.Canceled) {
		return &exitError{exitRefused, errors.New("interrupted"), ""}
	}
	return &exitError{exitUndecided, fmt.Errorf("cannot work out what npm would fetch: %w", err), "npm did not run"}
}

func (s *session) configNotes() []string { return s.config.Notes }
