package paritytest

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"gpq/resolver/registry"
	"gpq/resolver/spec"
	"gpq/resolver/tree"
)

// shop is a registry's other half on loopback: tarballs and advisories. The
// packuments of a world reach npm through its cache.
type shop struct {
	url        string
	mu         sync.Mutex
	tarballs   map[string][]byte // by path
	advisories map[string]any
	z          *gzip.Writer
}

func openShop(t *testing.T) *shop {
	t.Helper()
	s := &shop{tarballs: map[string][]byte{}, z: gzip.NewWriter(nil)}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	s.url = srv.URL + "/"
	return s
}

// ServeHTTP implements http.Handler.
func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if strings.HasSuffix(r.URL.Path, "/advisories/bulk") {
		if err := json.NewEncoder(w).Encode(s.advisories); err != nil {
			panic(err)
		}
		return
	}
	data, ok := s.tarballs[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Write(data)
}

// put takes in a tarball of those files, and gives its place and digest.
func (s *shop) put(name, version string, files map[string]string) (place, integrity string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	s.z.Reset(&b)
	tw := tar.NewWriter(s.z)
	for _, f := range slices.Sorted(maps.Keys(files)) {
		tw.WriteHeader(&tar.Header{Name: "package/" + f, Mode: 0o644, Size: int64(len(files[f])), Typeflag: tar.TypeReg})
		tw.Write([]byte(files[f]))
	}
	if err := errors.Join(tw.Close(), s.z.Close()); err != nil {
		panic(err)
	}
	at := "/" + name + "/-/" + path.Base(name) + "-" + version + ".tgz"
	s.tarballs[at] = b.Bytes()
	return strings.TrimSuffix(s.url, "/") + at, integrityOf(b.Bytes())
}

// Open implements tree.Contents.
func (s *shop) Open(_ context.Context, p *tree.Pkg) (*registry.Contents, error) {
	s.mu.Lock()
	data, ok := s.tarballs["/"+strings.TrimPrefix(p.Resolved, s.url)]
	s.mu.Unlock()
	if !ok {
		return nil, errors.New("no tarball at " + p.Resolved)
	}
	return registry.ReadArchive(bytes.NewReader(data))
}

// Manifest implements tree.Contents: a tarball by its address.
func (s *shop) Manifest(ctx context.Context, want *spec.Spec) (*tree.Pkg, error) {
	c, err := s.Open(ctx, &tree.Pkg{Resolved: want.Where})
	if err != nil || want.Kind != spec.Remote {
		return nil, errors.Join(errors.New("nothing but a registry here"), err)
	}
	doc, err := tree.ParseObject(c.PackageJSON)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := tree.PkgFromObject(doc)
	p.Resolved, p.HasShrinkwrap, p.InBundle = want.Where, false, false
	p.Integrity = integrityOf(s.tarballs["/"+strings.TrimPrefix(want.Where, s.url)])
	return p, nil
}

func integrityOf(data []byte) string {
	sum := sha512.Sum512(data)
	return "sha512-" + base64.StdEncoding.EncodeToString(sum[:])
}

// known is what the shop has against packages, for gpq.
func (s *shop) known(context.Context, map[string][]string) (out []tree.Advisory, err error) {
	for _, name := range slices.Sorted(maps.Keys(s.advisories)) {
		for _, a := range s.advisories[name].([]any) {
			m := a.(map[string]any)
			rng, _ := m["vulnerable_versions"].(string)
			out = append(out, tree.Advisory{Name: name, ID: text(m["id"]), Range: rng})
		}
	}
	return out, nil
}
