package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"syscall"
	"testing"
)

func writing(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

// What is no file stays what it is: root may replace a device.
func TestWriteFileNeverReplacesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	got := make(chan string, 1)
	go func() {
		b, err := os.ReadFile(pipe)
		got <- string(b) + errText(err)
	}()
	if err := writeFile(pipe, writing("report")); err != nil {
		t.Fatal(err)
	}
	if s := <-got; s != "report" {
		t.Errorf("through the pipe came %q", s)
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v now (%v)", info.Mode(), err)
	}
	if err := writeFile(dir, writing("report")); err == nil {
		t.Error("a folder was written to")
	}
}

func errText(err error) string {
	if err != nil {
		return err.Error()
	}
	return ""
}

func TestWriteFileWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	file, target := filepath.Join(dir, "report"), filepath.Join(dir, "target")
	if err := os.WriteFile(target, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, file); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := writeFile(file, func(w io.Writer) error { _, _ = io.WriteString(w, "half"); return broken })
	if err == nil {
		t.Error("no error")
	}
	if err := writeFile(file, writing("whole")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{file: "whole", target: "mine"} {
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v, want %q", filepath.Base(name), got, err, want)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".gpq*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWithoutSecrets(t *testing.T) {
	for _, c := range []struct{ in, want []string }{
		{[]string{"express", "--omit=dev", "-D"}, []string{"express", "--omit=dev", "-D"}},
		{[]string{"--otp", "123456", "x"}, []string{"--otp", "***", "x"}},
		{[]string{"--otp=123456"}, []string{"--otp=***"}},
		{[]string{"--_authToken=a=b"}, []string{"--_authToken=***"}},
		{[]string{"--_auth", "dTpw"}, []string{"--_auth", "***"}},
		{[]string{"--//r.example:80/:_password=cHc="}, []string{"--//r.example:80/:_password=***"}},
		{[]string{"https://u:p@h.example/x.tgz"}, []string{"https://***@h.example/x.tgz"}},
		{[]string{"x@git+https://token@h.example/y"}, []string{"x@git+https://***@h.example/y"}},
		{[]string{"--registry=https://u:p@h.example/"}, []string{"--registry=https://***@h.example/"}},
		{[]string{"git+ssh://git@h.example/a"}, []string{"git+ssh://git@h.example/a"}},
		{[]string{"ssh://git:pw@h.example/a"}, []string{"ssh://***@h.example/a"}},
		{[]string{"https://h.example/x.tgz?ref=1&token=abc"}, []string{"https://h.example/x.tgz?ref=1&token=***"}},
		{[]string{"@scope/x@1", "https://h.example/@scope/x"}, []string{"@scope/x@1", "https://h.example/@scope/x"}},
	} {
		if got := withoutSecrets(c.in); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %q, want %q", c.in, got, c.want)
		}
	}
}
