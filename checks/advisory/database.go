package advisory

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"sort"
)

// Database is a local OSV export, seen through its index: a table of name
// hashes, sorted, and behind it the records. It is safe for concurrent use.
type Database struct {
	path  string
	f     *os.File
	table []byte // cells of cellSize
	blobs int64  // where the records begin
	size  int64
}

// The index file: magic, length of the head (4 bytes), head as JSON, number of
// cells (4 bytes), cells (hash 8, offset 8, length 4), records.
const (
	magic    = "gpqosv1\n"
	cellSize = 20
	maxHead  = 4 << 20
	maxCells = 5 << 20
	maxBlob  = 8 << 20
)

// head says what an index was made of.
type head struct {
	Source  string
	Size    int64
	ModTime int64            // Unix nanoseconds
	Folders map[string]int64 // of a folder: its sub-folders' times
	Records int
}

// stored is one record about one package in the index.
type stored struct {
	Name  string
	Entry entry
}

// OpenDatabase opens an OSV export: a zip, or a folder of JSON files, also in
// sub-folders. The first time, and whenever it has changed, an index is made
// in the folder index. A folder counts as changed when a file in it was added,
// removed or renamed, as unpacking does.
func OpenDatabase(path, index string) (*Database, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("advisories database %s: %w", path, err)
	}
	if index == "" {
		return nil, fmt.Errorf("advisories database %s: no folder for its index", path)
	}
	now, err := fingerprint(path)
	if err != nil {
		return nil, fmt.Errorf("advisories database: %w", err)
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(path))
	file := filepath.Join(index, fmt.Sprintf("osv-%016x.idx", sum.Sum64()))
	if db, err := openIndex(file, now); err == nil {
		return db, nil
	}
	if err := buildIndex(path, file, now); err != nil {
		return nil, fmt.Errorf("advisories database %s: %w", path, err)
	}
	db, err := openIndex(file, now)
	if err != nil {
		return nil, fmt.Errorf("advisories database %s: %w", path, err)
	}
	return db, nil
}

// fingerprint is what can be seen of the source without reading it.
func fingerprint(path string) (head, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return head{}, err
	}
	h := head{Source: path, ModTime: fi.ModTime().UnixNano()}
	if !fi.IsDir() {
		h.Size = fi.Size()
	}
	return h, nil
}

// openIndex opens an index if it was made of what is there now.
func openIndex(file string, now head) (*Database, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	db, err := readIndex(f, now)
	if err != nil {
		f.Close()
		return nil, err
	}
	return db, nil
}

var errIndex = errors.New("its index cannot be read")

func readIndex(f *os.File, now head) (*Database, error) {
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	start := make([]byte, len(magic)+4)
	if _, err := f.ReadAt(start, 0); err != nil || string(start[:len(magic)]) != magic {
		return nil, errIndex
	}
	n := int64(binary.BigEndian.Uint32(start[len(magic):]))
	if n > maxHead {
		return nil, errIndex
	}
	raw := make([]byte, n+4)
	if _, err := f.ReadAt(raw, int64(len(start))); err != nil {
		return nil, errIndex
	}
	var h head
	if json.Unmarshal(raw[:n], &h) != nil || !h.still(now) {
		return nil, errors.New("its index is of something else")
	}
	cells := int64(binary.BigEndian.Uint32(raw[n:]))
	if cells > maxCells {
		return nil, errIndex
	}
	db := &Database{path: now.Source, f: f, table: make([]byte, cells*cellSize), size: fi.Size()}
	at := int64(len(start)) + n + 4
	if _, err := f.ReadAt(db.table, at); err != nil && cells > 0 {
		return nil, errIndex
	}
	db.blobs = at + cells*cellSize
	return db, nil
}

// still says whether an index made of h fits what is there now.
func (h head) still(now head) bool {
	if h.Source != now.Source || h.Size != now.Size || h.ModTime != now.ModTime {
		return false
	}
	for dir, at := range h.Folders {
		fi, err := os.Stat(filepath.Join(h.Source, dir))
		if err != nil || fi.ModTime().UnixNano() != at {
			return false
		}
	}
	return true
}

// about gives all entries about a package.
func (d *Database) about(name string) ([]entry, error) {
	key := hashOf(name)
	n := len(d.table) / cellSize
	var out []entry
	for i := sort.Search(n, func(i int) bool { return d.hash(i) >= key }); i < n && d.hash(i) == key; i++ {
		s, err := d.read(i)
		if err != nil {
			return nil, fmt.Errorf("advisories database %s: %w", d.path, err)
		}
		if s.Name == name {
			s.Entry.Source = listOSV
			out = append(out, s.Entry)
		}
	}
	return out, nil
}

func (d *Database) hash(i int) uint64 { return binary.BigEndian.Uint64(d.table[i*cellSize:]) }

func (d *Database) read(i int) (stored, error) {
	cell := d.table[i*cellSize:]
	off := int64(binary.BigEndian.Uint64(cell[8:])) //nolint:gosec // checked below
	size := int64(binary.BigEndian.Uint32(cell[16:]))
	var s stored
	if off < 0 || size > maxBlob || d.blobs+off+size > d.size {
		return s, errIndex
	}
	b := make([]byte, size)
	if _, err := d.f.ReadAt(b, d.blobs+off); err != nil {
		return s, errIndex
	}
	if json.Unmarshal(b, &s) != nil {
		return s, errIndex
	}
	return s, nil
}

// Close gives the index file back.
func (d *Database) Close() error { return d.f.Close() }

func hashOf(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name))
	return h.Sum64()
}
