package sessiontest

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/testscript"
)

// FakeNPM is the npm that «fakenpm» puts into $WORK/bin, also as npx. It
// answers --version and --versions; anything else it writes down, one word in a line, into
// $WORK/npm.args, its environment into $WORK/npm.env, and what it reads into
// $WORK/npm.stdin. It prints $FAKE_NPM_SAYS and exits with $FAKE_NPM_EXIT, or
// ends by the signal $FAKE_NPM_SIGNAL (INT, TERM, …). If $FAKE_NPM_WAIT is set
// it says «waiting» and waits that many seconds first.
const FakeNPM = `#!/bin/sh
case "$1" in --version|-v) echo %[1]s; exit 0;; --versions) echo '{"npm":"%[1]s","node":"20.20.2"}'; exit 0;; esac
{ printf '%%s\n' "${0##*/}"; for word in "$@"; do printf '%%s\n' "$word"; done; } > "$WORK/npm.args"
env > "$WORK/npm.env"
if [ ! -t 0 ]; then cat > "$WORK/npm.stdin"; fi
if [ -n "$FAKE_NPM_SAYS" ]; then printf '%%s\n' "$FAKE_NPM_SAYS"; fi
if [ -n "$FAKE_NPM_WAIT" ]; then echo waiting; sleep "$FAKE_NPM_WAIT"; fi
if [ -n "$FAKE_NPM_SIGNAL" ]; then kill -"$FAKE_NPM_SIGNAL" $$; sleep 5; fi
exit "${FAKE_NPM_EXIT:-0}"
`

// fakeNPM is the command of that name.
func fakeNPM(ts *testscript.TestScript, args []string) error {
	version := "11.19.0"
	rest, err := flags(args, map[string]*string{"version": &version}, nil)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return fmt.Errorf("fakenpm: want [-version V]")
	}
	for _, name := range []string{"npm", "npx"} {
		file := filepath.Join(ts.Getenv("WORK"), "bin", name)
		if err := os.WriteFile(file, fmt.Appendf(nil, FakeNPM, version), 0o700); err != nil { // #nosec G306 -- it is to be run
			return err
		}
	}
	return nil
}
