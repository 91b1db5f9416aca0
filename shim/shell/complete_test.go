package shell

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// withNPM is a gpq that answers npm's completion with the real npm's, or with a fixed list where there is none.
func withNPM(t *testing.T) (Env, bool) {
	t.Helper()
	e := place(t)
	npm, err := exec.LookPath("npm")
	if err != nil {
		if os.Getenv("GPQ_REQUIRE_NPM") == "1" {
			t.Fatal("GPQ_REQUIRE_NPM=1, and there is no npm")
		}
		t.Skip("SKIPPED: there is no npm whose completion could be asked")
	}
	put(t, e.Home+"/node/bin/gpq", "#!/bin/sh\nshift\nexec "+npm+" \"$@\"\n", 0o755)
	return e, true
}

// completions asks a shell what it offers for a line.
func completions(t *testing.T, e Env, shell, line string) string {
	t.Helper()
	k, _ := KindOf(shell)
	script, err := Completion(k)
	if err != nil {
		t.Fatal(err)
	}
	words := strings.Split(line, " ")
	quoted := "'" + strings.Join(words, "' '") + "'"
	var ask string
	switch k {
	case Bash:
		ask = "COMP_WORDS=(" + quoted + "); COMP_CWORD=" + string(rune('0'+len(words)-1)) + "; __gpq_complete; printf '%s\\n' \"${COMPREPLY[@]}\""
	case Zsh:
		ask = "compadd() { shift; print -l -- ${(M)@:#${words[CURRENT]}*} }; _files() { print FILES }; words=(" + quoted + "); CURRENT=" + string(rune('0'+len(words))) + "; _gpq"
	default:
		ask = "complete -C '" + line + "'"
	}
	return " " + strings.Join(strings.Fields(shellRun(t, e, shell, "-c", script+"\n"+ask)), " ") + " "
}

func TestCompletion(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			e, _ := withNPM(t)
			for _, c := range []struct{ line, has, hasNot string }{
				{"gpq ", " verify install ", ""},
				{"gpq che", " check ", "install"},
				{"gpq instal", " install ", "check"},
				{"gpq shim ", " install uninstall status hook ", "view"},
				{"gpq policy i", " init ", "install"},
				{"gpq --str", " --strict ", ""},
				{"gpq install --repo", " --report ", ""},
				{"gpq npm --str", "", "--strict"},
				{"gpq npm instal", " install ", "check"},
				{"gpq npm config ", " get ", "install"},
				{"gpq config ", " get ", "verify"},
				{"gpq --strict ver", " verify version ", "install"},
			} {
				got := completions(t, e, shell, c.line)
				for _, want := range strings.Fields(c.has) {
					if !strings.Contains(got, " "+want+" ") {
						t.Errorf("%q: no %s in %s", c.line, want, got)
					}
				}
				if c.hasNot != "" && strings.Contains(got, " "+c.hasNot+" ") {
					t.Errorf("%q: %s in %s", c.line, c.hasNot, got)
				}
			}
		})
	}
	if _, err := Completion("tcsh"); err == nil {
		t.Error("tcsh has a completion")
	}
	for _, k := range Kinds() {
		if s, err := Completion(k); err != nil || strings.Contains(s, "@WORDS@") || strings.Contains(s, "@OWN") || strings.Contains(s, "@SUB") || strings.Contains(s, "@F") {
			t.Errorf("%s: %v, or a place was not filled", k, err)
		}
	}
}

func TestCI(t *testing.T) {
	e := place(t)
	file := e.Home + "/github_path"
	put(t, file, "/other", 0o644)
	e.Vars["GITHUB_PATH"] = file
	for range 2 {
		done, stdout, err := CI(e)
		if err != nil || stdout != "" || len(done) != 1 {
			t.Errorf("%v %q %v", done, stdout, err)
		}
	}
	if got := get(t, file); got != "/other\n"+e.Bin()+"\n" {
		t.Errorf("GITHUB_PATH: %q", got)
	}
	if got := shellRun(t, e, "sh", "-c", "PATH="+e.Bin()+":$PATH npm ci"); got != "gpq:npm ci\n" {
		t.Errorf("npm there: %q", got)
	}
	for vars, want := range map[string]string{"TF_BUILD": "##vso[task.prependpath]" + e.Bin() + "\n", "GITLAB_CI": "export PATH=\"" + e.Bin() + ":$PATH\"\n"} {
		e.Vars = map[string]string{vars: "1"}
		if _, stdout, err := CI(e); err != nil || stdout != want {
			t.Errorf("%s: %q, %v", vars, stdout, err)
		}
	}
	e.Vars = map[string]string{"CIRCLECI": "1", "BASH_ENV": e.Home + "/bash_env"}
	if _, _, err := CI(e); err != nil || get(t, e.Home+"/bash_env") != "export PATH=\""+e.Bin()+":$PATH\"\n" {
		t.Errorf("CircleCI: %v", err)
	}
	e.Vars = map[string]string{"GITHUB_PATH": "relative"}
	if _, _, err := CI(e); err == nil {
		t.Error("a relative GITHUB_PATH is taken")
	}
}

// A shell that is installed is set up before it was ever started, and undone
// with the folders that were made for it.
func TestDetectsWhatIsInstalled(t *testing.T) {
	e := place(t)
	bin := e.Home + "/bin"
	put(t, bin+"/fish", "", 0o755)
	put(t, bin+"/zsh", "", 0o644) // no program
	e.Vars = map[string]string{"PATH": "relative:" + bin}
	if got := e.Detect(); len(got) != 1 || got[0] != Fish {
		t.Errorf("found %v, want fish alone", got)
	}
	before := tree(t, e.Home)
	if err := Install(e, e.Detect()).Err(); err != nil {
		t.Fatal(err)
	}
	Uninstall(e)
	if after := tree(t, e.Home); len(after) != len(before) {
		t.Errorf("left: %v", after)
	}
	if exists(e.Home + "/.config/fish") {
		t.Error("the folders for fish are still there")
	}
}
