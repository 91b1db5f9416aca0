package advisory

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// Bounds of an export.
const (
	maxRecord  = 16 << 20 // bytes of one file
	maxFolders = 4000     // whose times are kept
)

// cell is one line of the table.
type cell struct {
	hash   uint64
	offset uint64
	length uint32
}

// builder gathers the records of an export.
type builder struct {
	mu     sync.Mutex
	cells  []cell
	body   *bufio.Writer
	at     uint64
	h      head
	broken int
}

// buildIndex reads a whole export and writes its index. A file that is no OSV
// record makes it fail: an export that cannot be read is no answer.
func buildIndex(path, file string, now head) error {
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(file), ".osv-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	b := &builder{body: bufio.NewWriterSize(tmp, 1<<20), h: now}
	if now.Size > 0 {
		err = b.zip(path)
	} else {
		err = b.folder(path)
	}
	if err == nil && b.broken > 0 {
		err = fmt.Errorf("%d of its files are no OSV records", b.broken)
	}
	if err == nil && b.h.Records == 0 {
		err = errors.New("it has no npm records")
	}
	if err == nil {
		err = b.body.Flush()
	}
	if err != nil {
		return err
	}
	return b.write(tmp, file)
}

// write puts head and table before the records.
func (b *builder) write(records *os.File, file string) error {
	raw, err := json.Marshal(b.h)
	if err != nil {
		return err
	}
	slices.SortFunc(b.cells, func(x, y cell) int {
		switch {
		case x.hash != y.hash && x.hash < y.hash, x.hash == y.hash && x.offset < y.offset:
			return -1
		case x == y:
			return 0
		}
		return 1
	})
	start := append([]byte(magic), binary.BigEndian.AppendUint32(nil, uint32(len(raw)))...) //nolint:gosec // bounded by maxFolders
	start = append(start, raw...)
	start = binary.BigEndian.AppendUint32(start, uint32(len(b.cells))) //nolint:gosec // far below
	for _, c := range b.cells {
		start = binary.BigEndian.AppendUint64(start, c.hash)
		start = binary.BigEndian.AppendUint64(start, c.offset)
		start = binary.BigEndian.AppendUint32(start, c.length)
	}
	out, err := os.CreateTemp(filepath.Dir(file), ".osv-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // gone already where the rename succeeded
	if _, err = records.Seek(0, io.SeekStart); err == nil {
		_, err = out.Write(start)
	}
	if err == nil {
		_, err = io.Copy(out, records)
	}
	if err = errors.Join(err, out.Close()); err != nil {
		return err
	}
	return os.Rename(out.Name(), file)
}

// each reads the sources in parallel.
func each[T any](b *builder, items []T, read func(T) ([]byte, error)) error {
	var wg sync.WaitGroup
	next := make(chan T)
	var mu sync.Mutex
	var failed error
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for it := range next {
				raw, err := read(it)
				if err == nil {
					err = b.add(raw)
				}
				if err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
				}
			}
		})
	}
	for _, it := range items {
		mu.Lock()
		stop := failed != nil
		mu.Unlock()
		if stop {
			break
		}
		next <- it
	}
	close(next)
	wg.Wait()
	return failed
}

func (b *builder) zip(path string) error {
	z, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer z.Close()
	files := slices.DeleteFunc(z.File, func(f *zip.File) bool { return !strings.HasSuffix(f.Name, ".json") })
	return each(b, files, func(f *zip.File) ([]byte, error) {
		r, err := f.Open()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return readAll(r, f.Name)
	})
}

func (b *builder) folder(path string) error {
	var files []string
	folders := map[string]int64{}
	err := filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && p != path {
			fi, err := d.Info()
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(path, p)
			if len(folders) < maxFolders && err == nil {
				folders[rel] = fi.ModTime().UnixNano()
			}
			return err
		}
		if d.Type().IsRegular() && strings.HasSuffix(p, ".json") {
			files = append(files, p)
		}
		return nil
	})
	if err != nil {
		return err
	}
	b.h.Folders = folders
	return each(b, files, func(p string) ([]byte, error) {
		f, err := os.Open(p)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return readAll(f, p)
	})
}

func readAll(r io.Reader, name string) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, maxRecord+1))
	if err == nil && len(b) > maxRecord {
		err = fmt.Errorf("%s: over %d bytes", name, maxRecord)
	}
	return b, err
}

// add puts a record into the index, once for each npm package it is about.
func (b *builder) add(raw []byte) error {
	r, err := parseOSV(raw)
	if err != nil {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.broken++
		return nil
	}
	for _, name := range r.names() {
		e, _ := r.about(name)
		if e.Withdrawn {
			continue
		}
		if len(e.Summary) > 300 {
			e.Summary = strings.ToValidUTF8(e.Summary[:300], "") + "…"
		}
		blob, err := json.Marshal(stored{Name: name, Entry: e})
		if err != nil {
			return err
		}
		if err := b.put(hashOf(name), blob); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) put(hash uint64, blob []byte) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.cells = append(b.cells, cell{hash, b.at, uint32(len(blob))}) //nolint:gosec // bounded by maxRecord
	b.at += uint64(len(blob))
	b.h.Records++
	_, err := b.body.Write(blob)
	return err
}
