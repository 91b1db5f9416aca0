package argv

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// tarballs is a registry that has every package and counts the tarballs asked for.
type tarballs struct {
	mu    sync.Mutex
	asked map[string]int // by project
}

func (s *tarballs) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	project, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if strings.HasSuffix(name, ".tgz") {
		s.mu.Lock()
		s.asked[project]++
		s.mu.Unlock()
		http.Error(w, "none", http.StatusNotFound)
		return
	}
	if r.Method != http.MethodGet || strings.HasPrefix(name, "-/") {
		fmt.Fprint(w, "{}")
		return
	}
	base := "http://" + r.Host + "/" + project + "/" + name
	version := func(v string) map[string]any {
		return map[string]any{"name": name, "version": v, "repository": "https://repo.example/" + name, "bin": map[string]string{name: "cli.js"},
			"dist": map[string]string{"tarball": base + "/-/" + name + "-" + v + ".tgz", "shasum": strings.Repeat("0", 40)}}
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"name": name, "dist-tags": map[string]string{"latest": "2.0.0"}, "repository": "https://repo.example/" + name,
		"versions": map[string]any{"1.0.0": version("1.0.0"), "2.0.0": version("2.0.0")}, "time": map[string]string{"1.0.0": "2020-01-01T00:00:00Z", "2.0.0": "2021-01-01T00:00:00Z"}})
}

func project(t *testing.T, dir string) {
	t.Helper()
	for path, content := range map[string]string{
		"package.json":                `{"name":"p","version":"1.0.0","bin":"cli.js","scripts":{"t":"true","test":"true","start":"true","stop":"true","restart":"true"},"dependencies":{"x":"^1.0.0"}}`,
		"cli.js":                      "",
		"node_modules/x/package.json": `{"name":"x","version":"1.0.0"}`,
		"package-lock.json":           `{"name":"p","version":"1.0.0","lockfileVersion":3,"requires":true,"packages":{"":{"name":"p","version":"1.0.0","dependencies":{"x":"^1.0.0"}},"node_modules/x":{"version":"1.0.0","resolved":"https://registry.npmjs.org/x/-/x-1.0.0.tgz"}}}`,
	} {
		file := filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestHarmlessIsHarmless runs the real npm: what Parse lets pass asks for no tarball. A few that it does not let pass do ask,
// or the test would prove nothing.
func TestHarmlessIsHarmless(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: -short: the real npm is not run")
	}
	npmFolders(t)
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Skip("SKIPPED: no npm on PATH")
	}
	version, err := exec.Command(npm, "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	registry := &tarballs{asked: map[string]int{}}
	server := httptest.NewServer(registry)
	defer server.Close()
	lines := []string{
		"", "-v", "--version", "install y --help", "--versions install y", "help install --viewer=man", "ls", "ll", "run t", "test", "start", "restart", "run t --port 3000",
		"view y", "view y@1 dist.tarball", "outdated", "audit", "audit signatures", "fund", "explain x", "query *", "sbom --sbom-format=spdx", "pkg get name", "pack --dry-run",
		"publish --dry-run", "version patch --no-git-tag-version", "init -y", "docs y --no-browser", "repo y --no-browser", "owner ls y", "dist-tag ls y", "search y", "ping",
		"config ls", "root -g", "prefix", "cache ls", "cache verify", "explore x -- true", "whoami", "completion", "shrinkwrap", "approve-scripts --all", "doctor", "frobnicate",
		// these may
		"install y", "exec y", "pack y", "cache add y", "update", "diff --diff=y@1 --diff=y@2", "audit fix --force", "ci", "init y", "link y", "install-test y",
	}
	fetched := 0
	var wait sync.WaitGroup
	slots := make(chan struct{}, 2)
	root := t.TempDir()
	for i, line := range lines {
		wait.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			id := fmt.Sprint("p", i)
			dir := filepath.Join(root, id)
			project(t, dir)
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			cmd := exec.CommandContext(ctx, npm, strings.Fields(line)...)
			cmd.Dir = dir
			cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "CI=1", "npm_config_registry=" + server.URL + "/" + id + "/", "npm_config_cache=" + dir + "/cache", "npm_config_prefix=" + dir + "/global", "npm_config_fetch_retries=0", "npm_config_update_notifier=false"}
			var out bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &out
			_ = cmd.Run()
			registry.mu.Lock()
			defer registry.mu.Unlock()
			c := Parse(strings.Fields(line), Options{NPM: strings.TrimSpace(string(version)), InWorkspace: func() bool { return false }})
			n := registry.asked[id]
			fetched += n
			if n > 0 && !c.MayFetch() {
				t.Errorf("npm %s passes as %s and fetches: %s", line, c.Class, out.String())
			}
			t.Logf("npm %-32s %-10s may fetch %-5v tarballs asked for %d", line, c.Class, c.MayFetch(), n)
		})
	}
	wait.Wait()
	if fetched < 5 {
		t.Errorf("only %d tarballs were asked for: the test proves nothing", fetched)
	}
}
