package shim

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gpq/shim/shell"
)

func TestGather(t *testing.T) {
	d := real(t)
	bin := fakeNPM(t, d+"/node", "11.2.3", "#!/usr/bin/env node\n")
	write(t, bin+"/node", sh+"echo v22.1.0\n", 0o755)
	write(t, bin+"/npx", sh, 0o755)
	other := fakeNPM(t, d+"/old", "10.0.0", sh)
	self := write(t, d+"/gpq", "\x7fELF", 0o755)
	link(t, self, d+"/links/npm")
	f := Gather(context.Background(), World{Env: []string{"PATH=" + d + "/links:" + bin + ":" + other + ":/usr/bin:/bin"}, Dir: d, Self: self}, "")
	if f.NPM.Version != "11.2.3" || f.Versions.Node != "22.1.0" || len(f.Others) == 0 || f.Others[0].Version != "10.0.0" || len(f.Passed) != 1 || f.NPX.Path != bin+"/npx" || len(f.Problems) != 0 {
		t.Errorf("%+v", f)
	}
	f = Gather(context.Background(), World{Env: []string{"PATH=" + d + "/links"}, Dir: d, Self: self}, "")
	if len(f.Problems) != 2 || len(f.Passed) != 1 {
		t.Errorf("without npm: %+v", f)
	}
}

func TestAskShell(t *testing.T) {
	for name, kind := range map[string]shell.Kind{"bash": shell.Bash, "zsh": shell.Zsh, "fish": shell.Fish} {
		path, err := exec.LookPath(name)
		if err != nil {
			t.Logf("SKIPPED: there is no %s to ask", name)
			continue
		}
		d := real(t)
		e := shell.Env{Home: d, Gpq: write(t, d+"/gpq", sh, 0o755), Vars: map[string]string{}}
		bin := fakeNPM(t, d+"/node", "11.2.3", sh)
		w := World{Env: []string{"HOME=" + d, "PATH=" + bin + ":/usr/bin:/bin", "TERM=dumb"}, Dir: d}
		s, err := AskShell(context.Background(), w, path, e.Root())
		if err != nil || s.Gpq || !strings.Contains(s.Says, bin) {
			t.Errorf("%s before: %+v, %v", name, s, err)
		}
		if r := shell.Install(e, []shell.Kind{kind}); r.Err() != nil {
			t.Fatal(r.Err())
		}
		if s, err = AskShell(context.Background(), w, path, e.Root()); err != nil || !s.Gpq {
			t.Errorf("%s after: %+v, %v", name, s, err)
		}
		start := map[string]string{"bash": "/.bashrc", "zsh": "/.zshrc", "fish": "/.config/fish/config.fish"}[name]
		old, _ := os.ReadFile(d + start)
		write(t, d+start, "alias npm='npm --silent'\n"+string(old), 0o644)
		if s, err = AskShell(context.Background(), w, path, e.Root()); err != nil || s.Gpq || !s.Own || strings.Contains(s.Says, "\n") {
			t.Errorf("%s with an alias: %+v, %v", name, s, err)
		}
		if r := shell.Uninstall(e); r.Err() != nil {
			t.Fatal(r.Err())
		}
		if s, err = AskShell(context.Background(), w, path, e.Root()); err != nil || s.Gpq || s.Own {
			t.Errorf("%s with an alias, and without gpq: %+v, %v", name, s, err)
		}
	}
	if _, err := AskShell(context.Background(), World{Dir: "/"}, "/nowhere/bash", "/x"); err == nil {
		t.Error("a shell that is not there answers")
	}
}
