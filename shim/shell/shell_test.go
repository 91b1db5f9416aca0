package shell

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// place is a clean home with a gpq that prints how it is called.
func place(t *testing.T) Env {
	t.Helper()
	home, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	e := Env{Home: home, Vars: map[string]string{"SHELL": "/bin/bash"}, Gpq: home + "/opt/gpq"}
	put(t, e.Gpq, "#!/bin/sh\necho \"gpq:$*\"\n", 0o755)
	return e
}

func put(t *testing.T, path, content string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// tree is every file below the home, with mode, link and content.
func tree(t *testing.T, home string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.Walk(home, func(path string, info os.FileInfo, err error) error {
		if err != nil || info.IsDir() {
			return err
		}
		to, _ := os.Readlink(path)
		b, _ := os.ReadFile(path)
		all[path] = info.Mode().String() + " " + to + " " + string(b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func same(t *testing.T, before, after map[string]string) {
	t.Helper()
	for path, want := range before {
		if got, ok := after[path]; !ok || got != want {
			t.Errorf("%s was %q, is %q", path, want, got)
		}
	}
	for path := range after {
		if _, ok := before[path]; !ok {
			t.Errorf("%s is left", path)
		}
	}
}

// TestThereAndBack: whatever the start files look like, uninstall leaves every byte, mode and link as it was.
func TestThereAndBack(t *testing.T) {
	for name, fill := range map[string]func(t *testing.T, e Env){
		"nothing":      func(*testing.T, Env) {},
		"plain":        func(t *testing.T, e Env) { put(t, e.Home+"/.bashrc", "a\nb\n", 0o644) },
		"no newline":   func(t *testing.T, e Env) { put(t, e.Home+"/.bashrc", "a\nb", 0o600) },
		"crlf":         func(t *testing.T, e Env) { put(t, e.Home+"/.zshrc", "a\r\nb\r\n", 0o640) },
		"crlf open":    func(t *testing.T, e Env) { put(t, e.Home+"/.zshrc", "a\r\nb", 0o644) },
		"empty":        func(t *testing.T, e Env) { put(t, e.Home+"/.bashrc", "", 0o644) },
		"only newline": func(t *testing.T, e Env) { put(t, e.Home+"/.bashrc", "\n", 0o644) },
		"bash_profile": func(t *testing.T, e Env) { put(t, e.Home+"/.bash_profile", ". ~/.bashrc\n", 0o644) },
		"latin1":       func(t *testing.T, e Env) { put(t, e.Home+"/.bashrc", "# caf\xe9\x00\n", 0o755) },
		"link": func(t *testing.T, e Env) {
			put(t, e.Home+"/dotfiles/bashrc", "x\n", 0o604)
			_ = os.Symlink("dotfiles/bashrc", e.Home+"/.bashrc")
			_ = os.Symlink(e.Home+"/.bashrc", e.Home+"/.zshrc")
		},
		"own data folder": func(t *testing.T, e Env) { put(t, e.Home+"/.local/share/gpq/else", "x", 0o644) },
		"fish":            func(t *testing.T, e Env) { put(t, e.Home+"/.config/fish/conf.d/mine.fish", "x\n", 0o644) },
	} {
		t.Run(name, func(t *testing.T) {
			e := place(t)
			fill(t, e)
			before := tree(t, e.Home)
			if err := Install(e, Kinds()).Err(); err != nil {
				t.Fatal(err)
			}
			once := tree(t, e.Home)
			r := Install(e, Kinds())
			for _, c := range r.Changes {
				if c.Did != Kept {
					t.Errorf("a second time: %s %s", c.Path, c.Did)
				}
			}
			same(t, once, tree(t, e.Home))
			for _, s := range StatusOf(e).Shells {
				if !s.InForce() {
					t.Errorf("%s is not in force: %+v", s.Kind, s.Places)
				}
			}
			if err := Uninstall(e).Err(); err != nil {
				t.Fatal(err)
			}
			same(t, before, tree(t, e.Home))
			if r := Uninstall(e); len(r.Changes) != 0 {
				t.Errorf("a second time there is something to remove: %v", r.Changes)
			}
		})
	}
}

// TestKeepsWhatCameLater: what the user wrote after gpq's line stays.
func TestKeepsWhatCameLater(t *testing.T) {
	e := place(t)
	put(t, e.Home+"/.bashrc", "a", 0o644)
	Install(e, []Kind{Bash})
	f, err := os.OpenFile(e.Home+"/.bashrc", os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.WriteString("later\n")
	_ = f.Close()
	put(t, e.Home+"/.profile", get(t, e.Home+"/.profile")+"more\n", 0o644)
	Uninstall(e)
	if got := get(t, e.Home+"/.bashrc") + get(t, e.Home+"/.profile"); got != "a\nlater\nmore\n" {
		t.Errorf("left: %q", got)
	}
}

func TestUpdate(t *testing.T) {
	e := place(t)
	Install(e, []Kind{Bash})
	old := get(t, e.Home+"/.bashrc")
	put(t, e.Home+"/.bashrc", strings.Replace(old, "if [", "if  [", 1)+"after\n", 0o644)
	put(t, e.Bin()+"/npm", "#!/bin/sh\n# gpq-shim\n", 0o755)
	if s := StatusOf(e); s.Shells[0].InForce() || s.Files[4].State != Old {
		t.Errorf("an old line or file is not seen: %+v", s)
	}
	Install(e, []Kind{Bash})
	if got := get(t, e.Home+"/.bashrc"); got != old+"after\n" {
		t.Errorf("updated to %q", got)
	}
}

func TestRefuses(t *testing.T) {
	e := place(t)
	e.Gpq = "/o'dd/gpq"
	if err := Install(e, Kinds()).Err(); err == nil {
		t.Error("a path that cannot be quoted is taken")
	}
	e = place(t)
	put(t, e.Bin()+"/npm", "#!/bin/sh\nmine\n", 0o755)
	put(t, e.Home+"/.zshrc", "\xff\xfea\x00", 0o644)
	r := Install(e, []Kind{Zsh})
	wrong := 0
	for _, c := range r.Changes {
		if c.Err != nil {
			wrong++
		}
	}
	if wrong != 2 || get(t, e.Bin()+"/npm") != "#!/bin/sh\nmine\n" {
		t.Errorf("%+v", r.Changes)
	}
}

func TestStatusPath(t *testing.T) {
	e := place(t)
	Install(e, []Kind{Bash})
	put(t, e.Home+"/node/bin/npm", "", 0o755)
	for path, want := range map[string][2]bool{e.Bin() + ":" + e.Home + "/node/bin": {true, true}, e.Home + "/node/bin:" + e.Bin(): {true, false}, "/nothing:" + e.Bin(): {true, true}, e.Home + "/node/bin": {false, false}} {
		e.Vars["PATH"] = path
		if s := StatusOf(e); s.OnPath != want[0] || s.First != want[1] {
			t.Errorf("%s: on path %v, first %v", path, s.OnPath, s.First)
		}
	}
	_ = os.Remove(e.Gpq)
	if s := StatusOf(e); s.Gpq.State != Missing {
		t.Error("a missing gpq is in force")
	}
}

func TestDetect(t *testing.T) {
	e := place(t)
	put(t, e.Home+"/.profile", "", 0o644)
	e.Vars["SHELL"] = "/usr/bin/zsh"
	put(t, e.Home+"/.config/fish/config.fish", "", 0o644)
	got := e.Detect()
	if len(got) != 2 || got[0] != Zsh || got[1] != Fish {
		t.Errorf("detected %v", got)
	}
}

func TestAliases(t *testing.T) {
	e := place(t)
	put(t, e.Home+"/.bashrc", "# alias npm=x\n  alias npm='pnpm'\nalias npmx=1\nnpx() { :; }\n", 0o644)
	put(t, e.Home+"/.config/fish/config.fish", "alias npm pnpm\nfunction npx\n", 0o644)
	if a := e.Aliases([]Kind{Bash, Fish}); len(a) != 4 || a[0].Line != 2 {
		t.Errorf("%+v", a)
	}
	if r := Install(e, []Kind{Bash}); len(r.Notes) != 2 || !strings.Contains(r.Notes[0], ".bashrc:2") {
		t.Errorf("notes: %q", r.Notes)
	}
}

// FuzzLine: what gpq puts into a start file, it takes out again without a trace.
func FuzzLine(f *testing.F) {
	for _, s := range []string{"", "a", "a\n", "a\r\nb", "\n\n", "\r", "# gpq-shim x\n"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if start, _, _ := findLine(content); start >= 0 {
			return
		}
		with := withLine(content, false, "line")
		if again := withLine(with, false, "line"); string(again) != string(with) {
			t.Errorf("a second line: %q", again)
		}
		if out, remove := withoutLine(with); string(out) != string(content) || remove {
			t.Errorf("%q comes back as %q (remove %v)", content, out, remove)
		}
	})
}
