package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"gpq/checks"
)

// baselineFile is a baseline as its file has it.
type baselineFile struct {
	Version  int               `json:"version"`
	At       time.Time         `json:"at"`
	Packages map[string]string `json:"packages"` // name@version → integrity
}

// NewBaseline takes the packages of a report as known. What has no integrity
// cannot be, and is given back by name.
func NewBaseline(r *checks.Report) (b *checks.Baseline, without []string) {
	b = &checks.Baseline{At: r.At, Packages: map[string]string{}}
	for _, it := range r.Items {
		id := it.Item.Name + "@" + it.Item.Version
		if it.Item.Integrity == "" {
			without = append(without, id)
			continue
		}
		b.Packages[id] = string(it.Item.Integrity)
	}
	return b, without
}

// FormatBaseline writes a baseline, one package to a line, in order.
func FormatBaseline(b *checks.Baseline) ([]byte, error) {
	text, err := json.MarshalIndent(baselineFile{1, b.At.UTC().Truncate(time.Second), b.Packages}, "", "  ")
	return append(text, '\n'), err
}

// LoadBaseline reads a baseline; one that does not exist is nil.
func LoadBaseline(path string) (*checks.Baseline, error) {
	text, err := readLarge(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	var f baselineFile
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("baseline: %s: %w", path, err)
	}
	if f.Version != 1 || f.At.IsZero() {
		return nil, fmt.Errorf("baseline: %s: this gpq reads version 1, with a date", path)
	}
	return &checks.Baseline{At: f.At, Packages: f.Packages}, nil
}
