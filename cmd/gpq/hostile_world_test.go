package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// foe is a registry that means harm, and a host beside it that listens for
// what is not meant for it.
type foe struct {
	home, other *httptest.Server
	asked       chan struct{} // has one in it while somebody waits for an answer

	mu    sync.Mutex
	heard []string // what came to the other host, headers included
}

// enemy starts one: answer for the registry, the services and everything else.
func enemy(t *testing.T, answer func(f *foe, w http.ResponseWriter, r *http.Request)) *foe {
	t.Helper()
	f := &foe{asked: make(chan struct{}, 1)}
	f.home = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer(f, w, r)
	}))
	f.other = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		f.heard = append(f.heard, fmt.Sprint(r.Method, " ", r.URL, " ", r.Header))
		f.mu.Unlock()
		answer(f, w, r)
	}))
	t.Cleanup(func() {
		for _, s := range []*httptest.Server{f.home, f.other} {
			s.CloseClientConnections()
			s.Close()
		}
	})
	return f
}

// secret is the user's token at home.
const secret = "npm_5tays4tH0me"

// ending is how gpq ended.
type ending struct {
	code     int
	out, err string
	took     time.Duration
}

// attacked runs gpq in a project, with the enemy for a registry. After the
// first request it gets the signal, if one is given.
func attacked(t *testing.T, f *foe, files map[string]string, sig os.Signal, words ...string) ending {
	t.Helper()
	dir := t.TempDir()
	all := map[string]string{
		"home/.npmrc":       strings.TrimPrefix(f.home.URL, "http:") + "/:_authToken=" + secret + "\n",
		"proj/package.json": `{"name":"p","version":"1.0.0"}`,
	}
	for name, text := range files {
		all[name] = text
	}
	for name, text := range all {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, "gpq", words...) // #nosec G204 -- the test itself
	cmd.Dir, cmd.Stdout, cmd.Stderr = filepath.Join(dir, "proj"), &out, &errs
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + filepath.Join(dir, "home"), "GPQ_CACHE_DIR=" + filepath.Join(dir, "cache"),
		"GPQ_CONFIG_DIR=" + filepath.Join(dir, "config"), "npm_config_registry=" + f.home.URL + "/", "npm_config_cache=" + filepath.Join(dir, "npm"),
		"GPQ_OSV_URL=" + f.home.URL + "/osv", "GPQ_DOWNLOADS_URL=", "GPQ_RDAP_URL=", "GPQ_DNS_SERVER="}
	cmd.WaitDelay = 2 * time.Second // npm below it may hold the streams
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if sig != nil {
		select {
		case <-f.asked:
		case <-ctx.Done():
			t.Error("it never asked")
		}
		time.Sleep(300 * time.Millisecond)
		began = time.Now()
		_ = cmd.Process.Signal(sig) // it may have ended
	}
	_ = cmd.Wait() // the code says it
	return ending{cmd.ProcessState.ExitCode(), out.String(), errs.String(), time.Since(began)}
}

// ours are a Go program's words when it breaks; raw is what no terminal may be
// sent by somebody else.
var (
	ours = regexp.MustCompile(`panic:|goroutine \d|fatal error|runtime error|SIGSEGV`)
	raw  = regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f\u0080-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
)

// sound fails the test where gpq broke, showed what it must not show, or told
// the other host the secret.
func (f *foe) sound(t *testing.T, e ending) {
	t.Helper()
	both := e.out + e.err
	if m := ours.FindString(both); m != "" || e.code < 0 {
		t.Errorf("it broke (code %d): %s: %.500s", e.code, m, both)
	}
	if m := raw.FindStringIndex(both); m != nil {
		t.Errorf("a terminal gets %q", both[max(0, m[0]-60):min(len(both), m[1]+20)])
	}
	if len(both) > 300_000 {
		t.Errorf("%d bytes of words", len(both))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if all := strings.Join(f.heard, "\n"); strings.Contains(all, secret) || strings.Contains(both, secret) {
		t.Errorf("the secret got away: %s", all)
	}
}

// packed is a package's tarball of these files.
func packed(files ...string) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	a := tar.NewWriter(z)
	for i := 0; i+1 < len(files); i += 2 {
		_ = a.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1]))})
		_, _ = a.Write([]byte(files[i+1]))
	}
	_, _ = a.Close(), z.Close()
	return b.Bytes()
}

// plainTarball is what the enemy's packages hold.
func plainTarball() []byte {
	return packed("package/package.json", `{"name":"victim","version":"1.0.0"}`)
}

// paper is an ordinary packument, before it is made a weapon. base is where
// its tarball is.
func paper(base, name string, tarball []byte) map[string]any {
	sum := sha512.Sum512(tarball)
	at := time.Now().AddDate(0, 0, -100).UTC().Format(time.RFC3339)
	return map[string]any{
		"name": name, "dist-tags": map[string]any{"latest": "1.0.0"}, "time": map[string]any{"1.0.0": at, "created": at},
		"versions": map[string]any{"1.0.0": map[string]any{
			"name": name, "version": "1.0.0", "license": "MIT", "repository": "github:a/b",
			"dist": map[string]any{"tarball": base + "/" + name + "/-/" + name + "-1.0.0.tgz",
				"integrity": "sha512-" + base64.StdEncoding.EncodeToString(sum[:])},
		}},
	}
}

// version1 is the one version of a paper.
func version1(p map[string]any) map[string]any {
	return p["versions"].(map[string]any)["1.0.0"].(map[string]any)
}

func send(w http.ResponseWriter, v any) {
	text, _ := json.Marshal(v) // of maps and strings
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(text)
}
