package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gpq/checks/attest/attesttest"
	"gpq/checks/storytest"
	"gpq/resolver/registrytest"
	"gpq/testdata/stories"
)

// stage is a scratch folder and a registry on loopback in which one recorded
// story happens again, with a small Sigstore of its own and no network.
type stage struct {
	story  *storytest.Story
	server *registrytest.Server
	dir    string
	env    []string
}

// openStage sets a story up. Its own Sigstore's certificates hold around now.
func (p *process) openStage(name string) (*stage, error) {
	text, err := stories.Read(name)
	if err != nil {
		return nil, usagef("gpq demo lists the stories", fmt.Errorf("there is no story %q", name))
	}
	s := &stage{}
	if s.story, err = storytest.Parse(name, text); err != nil {
		return nil, err
	}
	now := p.now()
	sigstore, err := attesttest.New("demo", now.AddDate(-8, 0, 0), now.AddDate(1, 0, 0))
	if err != nil {
		return nil, err
	}
	o := registrytest.Options{Packages: s.story.Packages, Now: now, Sign: sigstore.Sign}
	if s.story.Mirror {
		o.Mode = registrytest.Mirror
	}
	if s.server, err = registrytest.Start(o); err != nil {
		return nil, err
	}
	root, err := sigstore.TrustedRoot()
	if err == nil {
		err = s.furnish(p, root)
	}
	if err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// furnish makes the scratch folder, and an environment in which nothing but the
// stage's own services is asked.
func (s *stage) furnish(p *process, root []byte) error {
	var err error
	if s.dir, err = os.MkdirTemp("", "gpq-stage-"); err != nil {
		return err
	}
	files := map[string][]byte{
		"root.json": root, "keys.json": s.server.Keys(),
		".npmrc":               []byte("registry=" + s.server.URL + "\naudit=false\nfund=false\nupdate-notifier=false\n"),
		"project/package.json": s.manifest(), "project/package-lock.json": s.lockfile(),
	}
	for name, data := range files {
		if data == nil {
			continue
		}
		file := filepath.Join(s.dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o600); err != nil {
			return err
		}
	}
	for _, kv := range p.env {
		if !ofTheWorld(kv) {
			s.env = append(s.env, kv)
		}
	}
	s.env = append(s.env, "HOME="+s.dir, "GPQ_CACHE_DIR="+filepath.Join(s.dir, "cache"), "GPQ_CONFIG_DIR="+filepath.Join(s.dir, "config"),
		"GPQ_TRUSTED_ROOT="+filepath.Join(s.dir, "root.json"), "GPQ_REGISTRY_KEYS="+filepath.Join(s.dir, "keys.json"),
		"GPQ_OSV_URL="+s.server.URL, "GPQ_DOWNLOADS_URL="+s.server.URL, "GPQ_RDAP_URL=", "GPQ_DNS_SERVER=",
		"npm_config_cache="+filepath.Join(s.dir, "npm-cache"))
	return nil
}

// ofTheWorld says whether a variable is about the world outside of a stage: settings, and the proxies, which would be asked for loopback too.
func ofTheWorld(kv string) bool {
	name, _, _ := strings.Cut(strings.ToLower(kv), "=")
	switch name {
	case "gpq_npm", "gpq_npx":
		return false
	case "home", "ci", "proxy", "http_proxy", "https_proxy", "all_proxy", "no_proxy", "noproxy":
		return true
	}
	return strings.HasPrefix(name, "gpq_") || strings.HasPrefix(name, "npm_config_")
}

func (s *stage) manifest() []byte {
	deps := map[string]string{}
	for name, version := range s.locked() {
		deps[name] = "^" + version
	}
	text, _ := json.MarshalIndent(map[string]any{"name": "stage", "private": true, "dependencies": deps}, "", "  ")
	return text
}

// locked is what the story says was there before, as far as npm can get it.
func (s *stage) locked() map[string]string {
	out := map[string]string{}
	for name, version := range s.story.Locked {
		if _, _, ok := s.server.Tarball(name, version); ok {
			out[name] = version
		}
	}
	return out
}

// lockfile has what was there before; nil where nothing was.
func (s *stage) lockfile() []byte {
	if len(s.locked()) == 0 {
		return nil
	}
	deps, packages := map[string]string{}, map[string]any{}
	for name, version := range s.locked() {
		deps[name] = "^" + version
		_, integrity, _ := s.server.Tarball(name, version)
		packages["node_modules/"+name] = map[string]string{"version": version, "integrity": integrity}
	}
	packages[""] = map[string]any{"name": "stage", "dependencies": deps}
	text, _ := json.MarshalIndent(map[string]any{"name": "stage", "lockfileVersion": 3, "requires": true, "packages": packages}, "", "  ")
	return text
}

// play runs an npm command of gpq's there and gives its exit code.
func (s *stage) play(ctx context.Context, p *process, words ...string) int {
	there := *p
	there.args, there.env, there.dir = append([]string{"gpq"}, words...), s.env, filepath.Join(s.dir, "project")
	return run(ctx, there)
}

func (s *stage) close() {
	if s.server != nil {
		s.server.Close()
	}
	if s.dir != "" {
		_ = os.RemoveAll(s.dir)
	}
}
