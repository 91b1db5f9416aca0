package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gpq/checks"
	"gpq/prompt/report"
	"gpq/shim/argv"
)

// writeReports writes every report asked for: to its file, else to standard
// error.
func (s *session) writeReports(d *checks.Document) error {
	for _, r := range s.own.Reports {
		if err := s.writeReport(r, d); err != nil {
			return fmt.Errorf("the %s report cannot be written: %w", r.Format, err)
		}
	}
	return nil
}

func (s *session) writeReport(r argv.Report, d *checks.Document) error {
	if r.File == "" {
		return report.Write(s.err, report.Format(r.Format), d)
	}
	return writeFile(s.abs(r.File), func(w io.Writer) error { return report.Write(w, report.Format(r.Format), d) })
}

// writeFile writes a file whole or not at all. A symbolic link to a file is
// replaced, not followed: a cloned project could have brought it. A terminal, a
// pipe and an open stream are written to, never replaced.
func writeFile(path string, write func(io.Writer) error) error {
	mode := fs.FileMode(0o666)
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return fmt.Errorf("%s is a folder", path)
	case isStream(path) || err == nil && !info.Mode().IsRegular():
		return writeStream(path, write)
	case err == nil:
		mode = info.Mode().Perm()
	}
	tmp, err := createBeside(path, mode)
	if err != nil {
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // it is gone where all went well
	err = write(tmp)
	if err := errors.Join(err, tmp.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, cause(err))
	}
	return os.Rename(tmp.Name(), path)
}

// isStream says whether a path is another name of something open: /dev/stdout,
// /dev/fd/3.
func isStream(path string) bool {
	return strings.HasPrefix(path, "/dev/") || strings.HasPrefix(path, "/proc/")
}

func writeStream(path string, write func(io.Writer) error) error {
	var all bytes.Buffer
	if err := write(&all); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = all.WriteTo(f)
	return errors.Join(err, f.Close())
}

// createBeside makes a new file in the folder of another, with that mode as far
// as the umask lets it.
func createBeside(path string, mode fs.FileMode) (*os.File, error) {
	for n := os.Getpid(); ; n++ {
		name := filepath.Join(filepath.Dir(path), fmt.Sprintf(".gpq-%d", n))
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// cause is an error about a file without the file's name, which is not the one
// that was asked for.
func cause(err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}
