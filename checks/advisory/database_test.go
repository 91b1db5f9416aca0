package advisory_test

import (
	"archive/zip"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gpq/checks/advisory"
	"gpq/checks/service/servicetest"
)

func export(t testing.TB, dir string, records map[string]string) {
	t.Helper()
	for name, body := range records {
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(body), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func zipped(t testing.TB, path string, records map[string]string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	for name, body := range records {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
}

func published() map[string]string {
	return map[string]string{
		"MAL-2025-46969.json": styles, "MAL-2025-1.json": whole, "GHSA-xvch-5gv4-984h.json": minimist,
		"GHSA-vh95-rmgr-6w4m.json": minimistOld, "GHSA-gone-gone-gone.json": withdrawn, "PYSEC-1.json": pypi,
	}
}

func local(path, index string) *advisory.Client {
	return advisory.New(advisory.Options{Doer: &servicetest.Door{}, OSV: "http://127.0.0.1:1/", Database: path, Index: index, Now: time.Now})
}

func TestDatabase(t *testing.T) {
	folder, nested, file := t.TempDir(), t.TempDir(), filepath.Join(t.TempDir(), "all.zip")
	export(t, folder, published())
	deep := map[string]string{}
	for n, b := range published() {
		deep["npm/"+n[:5]+"/"+n] = b
	}
	export(t, nested, deep)
	zipped(t, file, published())
	for kind, path := range map[string]string{"folder": folder, "nested": nested, "zip": file} {
		index := t.TempDir()
		for range 2 { // made, then opened
			c := local(path, index)
			for spec, want := range map[string]string{
				"ansi-styles@6.2.2": "MAL-2025-46969 malware", "ansi-styles@6.2.1": "", "minimist@1.2.5": "GHSA-xvch-5gv4-984h critical",
				"minimist@1.2.6": "", "evil-thing@3.0.0": "MAL-2025-1 malware", "express@5.0.0": "",
			} {
				if r := one(t, c, spec); ids(r) != want || !r.OSV.Answered() || r.OSV.Name != path {
					t.Errorf("%s, %s: %q, want %q (%+v)", kind, spec, ids(r), want, r.OSV)
				}
			}
		}
	}
}

func TestDatabaseChanges(t *testing.T) {
	dir, index := t.TempDir(), t.TempDir()
	export(t, dir, map[string]string{"a/x.json": minimist})
	if r := one(t, local(dir, index), "ansi-styles@6.2.2"); len(r.Records) != 0 {
		t.Fatalf("%+v", r)
	}
	later := time.Now().Add(2 * time.Second)
	export(t, dir, map[string]string{"a/y.json": styles})
	if err := os.Chtimes(filepath.Join(dir, "a"), later, later); err != nil {
		t.Fatal(err)
	}
	if r := one(t, local(dir, index), "ansi-styles@6.2.2"); len(r.Records) != 1 {
		t.Errorf("a new record was not seen: %+v", r)
	}
}

// A list that cannot be read is no answer, and says so.
func TestDatabaseUnusable(t *testing.T) {
	dir := t.TempDir()
	export(t, dir, map[string]string{"empty/readme.txt": "x", "broken/x.json": "{", "broken/y.json": minimist, "other/z.json": `{"id":"PYSEC-1"}`})
	if err := os.WriteFile(filepath.Join(dir, "not.zip"), []byte("PK"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, p := range []string{"empty", "broken", "other", "not.zip", "nowhere"} {
		c := local(filepath.Join(dir, p), t.TempDir())
		r := one(t, c, "minimist@1.2.5")
		if r.OSV.Answered() || r.OSV.Err == nil || !strings.Contains(r.OSV.Err.Error(), p) || len(c.Outages()) != 1 {
			t.Errorf("%s: %+v %q", p, r.OSV, c.Outages())
		}
	}
}

// Damage to the index is seen, and it is made again.
func TestIndexDamaged(t *testing.T) {
	dir, index := t.TempDir(), t.TempDir()
	export(t, dir, published())
	one(t, local(dir, index), "minimist@1.2.5")
	files, _ := filepath.Glob(filepath.Join(index, "*"))
	if len(files) != 1 {
		t.Fatalf("in the index folder: %v", files)
	}
	whole, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 4, 20, 200} {
		if err := os.WriteFile(files[0], whole[:n], 0o600); err != nil {
			t.Fatal(err)
		}
		if r := one(t, local(dir, index), "minimist@1.2.5"); len(r.Records) != 1 {
			t.Errorf("cut at %d: %+v", n, r)
		}
	}
}

func big(n int) map[string]string {
	out := make(map[string]string, n)
	for i := range n {
		id := fmt.Sprintf("MAL-2025-%d", i)
		out[id+".json"] = fmt.Sprintf(`{"schema_version":"1.7.0","id":%q,"modified":"2025-09-09T00:00:00Z","summary":"Malicious code in package-%d (npm)","details":%q,"affected":[{"package":{"ecosystem":"npm","name":"package-%d"},"ranges":[{"type":"SEMVER","events":[{"introduced":"0"}]}]}]}`,
			id, i, strings.Repeat("This package was found to be malicious. ", 10), i)
	}
	return out
}

func TestOpenIsFast(t *testing.T) {
	if testing.Short() {
		t.Skip("makes an export of 60,000 records")
	}
	file, index := filepath.Join(t.TempDir(), "all.zip"), t.TempDir()
	zipped(t, file, big(60_000))
	begin := time.Now()
	db, err := advisory.OpenDatabase(file, index)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	made := time.Since(begin)
	best := time.Hour
	for range 5 {
		begin = time.Now()
		db, err := advisory.OpenDatabase(file, index)
		if err != nil {
			t.Fatal(err)
		}
		best = min(best, time.Since(begin))
		db.Close()
	}
	c := local(file, index)
	var list []string
	for i := range 1300 {
		list = append(list, fmt.Sprintf("package-%d@1.0.0", i*40))
	}
	begin = time.Now()
	got := c.Reports(context.Background(), asks(list...))
	t.Logf("index made in %v, opened in %v, 1,300 questions answered in %v", made, best, time.Since(begin))
	if best > 50*time.Millisecond || len(got) != 1300 {
		t.Errorf("opening took %v", best)
	}
}
