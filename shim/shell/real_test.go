package shell

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// shellRun runs real shells. After gpq's line a version manager puts its own npm ahead on PATH.
func shellRun(t *testing.T, e Env, shell string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Skipf("SKIPPED: there is no %s to try", shell)
	}
	cmd := exec.Command(path, args...)
	cmd.Dir = e.Home
	cmd.Env = []string{"HOME=" + e.Home, "PATH=" + e.Home + "/node/bin:/usr/bin:/bin", "TERM=dumb", "XDG_CONFIG_HOME=" + e.Home + "/.config"}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	if err != nil {
		out.WriteString("[" + err.Error() + "]")
	}
	return out.String()
}

func TestRealShells(t *testing.T) {
	later := "PATH=" + "$HOME/late/bin:$PATH\n"
	for _, c := range []struct {
		shell string
		kind  Kind
		start string
		rc    string
		args  []string
	}{
		{"bash", Bash, ".bashrc", later, []string{"-i", "-c"}},
		{"bash", Bash, ".profile", "", []string{"-l", "-c"}},
		{"zsh", Zsh, ".zshrc", later, []string{"-i", "-c"}},
		{"zsh", Zsh, ".zprofile", "", []string{"-l", "-c"}},
		{"fish", Fish, ".config/fish/config.fish", "set -gx PATH $HOME/late/bin $PATH\n", []string{"-i", "-c"}},
		{"fish", Fish, ".config/fish/config.fish", "", []string{"-c"}},
		{"pwsh", PowerShell, ".config/powershell/x", "", []string{"-NoLogo", "-Command"}},
	} {
		t.Run(c.shell+strings.Join(c.args, ""), func(t *testing.T) {
			e := place(t)
			put(t, e.Home+"/node/bin/npm", "#!/bin/sh\necho real\n", 0o755)
			put(t, e.Home+"/late/bin/npm", "#!/bin/sh\necho late\n", 0o755)
			if r := Install(e, []Kind{c.kind}); r.Err() != nil {
				t.Fatal(r.Err())
			}
			have, _ := os.ReadFile(e.Home + "/" + c.start)
			put(t, e.Home+"/"+c.start, string(have)+c.rc, 0o644)
			got := shellRun(t, e, c.shell, append(c.args, `npm run 'a b' -- --x; npx y`)...)
			if !strings.Contains(got, "gpq:npm run a b -- --x\ngpq:npx y\n") {
				t.Errorf("got %q", got)
			}
			_ = os.Remove(e.Gpq)
			got = shellRun(t, e, c.shell, append(c.args, "npm i")...)
			if !strings.Contains(got, "is gone") || strings.Contains(got, "real") || strings.Contains(got, "late") || !strings.Contains(got, "127") {
				t.Errorf("without gpq: %q", got)
			}
			if _, err := os.Stat(e.Bin()); err == nil {
				e.RunIfGone = true
				Install(e, []Kind{c.kind})
				if got = shellRun(t, e, c.shell, append(c.args, "npm i")...); !strings.Contains(got, "unchecked") || !strings.Contains(got, "real") && !strings.Contains(got, "late") {
					t.Errorf("without gpq, told to go on: %q", got)
				}
			}
		})
	}
}

// TestPathInProgram: a program that the shell starts finds gpq's npm too, after a version manager has moved PATH and a
// prompt has been shown.
func TestPathInProgram(t *testing.T) {
	for _, c := range []struct {
		shell, start string
		kind         Kind
		script       string
	}{
		{"bash", ".bashrc", Bash, "PATH=$HOME/late/bin:$PATH\n(exit 3)\neval \"$PROMPT_COMMAND\"; echo code $?\n/bin/sh -c 'npm i'\n"},
		{"zsh", ".zshrc", Zsh, "PATH=$HOME/late/bin:$PATH\nfor f in $precmd_functions; do $f; done; echo code 3\n/bin/sh -c 'npm i'\n"},
		{"fish", ".config/fish/config.fish", Fish, "set -gx PATH $HOME/late/bin $PATH\nemit fish_prompt; echo code 3\n/bin/sh -c 'npm i'\n"},
	} {
		t.Run(c.shell, func(t *testing.T) {
			e := place(t)
			put(t, e.Home+"/late/bin/npm", "#!/bin/sh\necho late\n", 0o755)
			Install(e, []Kind{c.kind})
			if got := shellRun(t, e, c.shell, "-i", "-c", c.script); !strings.Contains(got, "code 3\ngpq:npm i\n") {
				t.Errorf("got %q", got)
			}
		})
	}
}

// TestUserAlias: a user's alias or function of the name stays what it is, and nothing breaks.
func TestUserAlias(t *testing.T) {
	for _, c := range []struct {
		shell, start string
		kind         Kind
		rc, want     string
	}{
		{"bash", ".bashrc", Bash, "shopt -s expand_aliases\nalias npm='npm --silent'\n", "gpq:npm --silent i\n"},
		{"bash", ".bashrc", Bash, "npm() { echo mine; }\n", "mine\n"},
		{"zsh", ".zshrc", Zsh, "alias npm='npm --silent'\n", "gpq:npm --silent i\n"},
		{"zsh", ".zshrc", Zsh, "npm() { echo mine; }\n", "mine\n"},
		{"fish", ".config/fish/functions/npm.fish", Fish, "function npm; echo mine; end\n", "mine\n"},
	} {
		t.Run(c.shell+c.rc, func(t *testing.T) {
			e := place(t)
			put(t, e.Home+"/"+c.start, c.rc, 0o644)
			Install(e, []Kind{c.kind})
			got := shellRun(t, e, c.shell, "-i", "-c", "eval 'npm i'")
			if !strings.HasSuffix(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestStrictShells: the hook is quiet where shells are strict, and in plain sh.
func TestStrictShells(t *testing.T) {
	e := place(t)
	Install(e, Kinds())
	hook := `. "` + e.Root() + `/hook.sh"`
	for shell, args := range map[string][]string{"sh": {"-euc", hook + "; npm i"}, "bash": {"-euc", hook + "; npm i"}, "zsh": {"-euc", hook + "; npm i"}} {
		if got := shellRun(t, e, shell, args...); got != "gpq:npm i\n" {
			t.Errorf("%s: %q", shell, got)
		}
	}
}

func TestHook(t *testing.T) {
	e := place(t)
	for shell, k := range map[string]Kind{"bash": Bash, "zsh": Zsh, "fish": Fish} {
		text, err := Hook(e, k)
		if err != nil {
			t.Fatal(err)
		}
		if got := shellRun(t, e, shell, "-c", text+"\nnpm i"); got != "gpq:npm i\n" {
			t.Errorf("%s: %q", shell, got)
		}
	}
	if _, err := Hook(e, "tcsh"); err == nil {
		t.Error("tcsh has a hook")
	}
}
