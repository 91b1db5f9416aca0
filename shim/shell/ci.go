package shell

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// CI puts gpq's npm and npx ahead on PATH for the steps of a CI job that follow, and returns what was done, a line each,
// and what is to be printed on standard output for the CI system or the calling shell to read.
func CI(e Env) (done []string, stdout string, err error) {
	files, err := e.owned(nil)
	if err != nil {
		return nil, "", err
	}
	for _, f := range files {
		if _, err := e.writeOwned(f); err != nil {
			return nil, "", fmt.Errorf("%s: %w", f.path, err)
		}
	}
	export := fmt.Sprintf("export PATH=\"%s:$PATH\"\n", e.Bin())
	switch {
	case e.Vars["GITHUB_PATH"] != "": // GitHub Actions, and what copies it (Gitea, Forgejo)
		err = appendOnce(e.Vars["GITHUB_PATH"], e.Bin()+"\n")
		return []string{e.Bin() + " is ahead on PATH for the steps that follow (GITHUB_PATH)"}, "", err
	case e.Vars["TF_BUILD"] != "":
		return []string{e.Bin() + " is ahead on PATH for the steps that follow (task.prependpath)"}, "##vso[task.prependpath]" + e.Bin() + "\n", nil
	case e.Vars["CIRCLECI"] != "" && e.Vars["BASH_ENV"] != "":
		err = appendOnce(e.Vars["BASH_ENV"], export)
		return []string{e.Bin() + " is ahead on PATH for the steps that follow (BASH_ENV)"}, "", err
	case e.Vars["BUILDKITE_ENV_FILE"] != "":
		return []string{"Buildkite keeps no PATH between steps: eval the line printed, in every step"}, export, nil
	}
	return []string{"this system keeps no PATH between steps: write eval \"$(gpq shim install --ci)\" where the job begins"}, export, nil
}

// appendOnce adds a line to a file, unless it is there.
func appendOnce(file, line string) error {
	if !filepath.IsAbs(file) {
		return fmt.Errorf("%s is no absolute path", file)
	}
	have, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if strings.Contains("\n"+string(have), "\n"+line) {
		return nil
	}
	if len(have) > 0 && have[len(have)-1] != '\n' {
		line = "\n" + line
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) //nolint:gosec // the CI system's file, its mode
	if err != nil {
		return err
	}
	_, err = f.WriteString(line)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
