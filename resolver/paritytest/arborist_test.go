package paritytest

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// arborist is a node process that builds trees with one npm's Arborist.
type arborist struct {
	npm   npm
	in    *json.Encoder
	lines chan []byte
	pid   int
	stop  func()
}

// patience bounds one tree, in time of the processor: on some graphs npm itself
// never ends. overdue bounds it by the clock.
const (
	patience = 2 * time.Second
	overdue  = 2 * time.Minute
)

type question struct {
	Dir   string             `json:"dir"`
	At    string             `json:"at"` // the project, below dir
	Files map[string]string  `json:"files"`
	Times map[string]float64 `json:"times"` // of files and folders, in seconds from now
	World map[string]any     `json:"world"`
	// WorldFile holds a world that is large, and asked about again and again.
	WorldFile string         `json:"worldFile,omitempty"`
	Registry  string         `json:"registry"`
	Options   map[string]any `json:"options"`
	Build     map[string]any `json:"build"`
	Audit     bool           `json:"audit"`
	Reify     bool           `json:"reify"` // install, and answer nothing
}

type answer struct {
	Packages      map[string]lockEntry
	Lock          string
	Code, Message string
	Facts         []string // of a conflict
}

func startArborist(t *testing.T, n npm) *arborist {
	t.Helper()
	a := &arborist{npm: n}
	a.start(t)
	t.Cleanup(func() { a.stop() })
	return a
}

func (a *arborist) start(t *testing.T) {
	t.Helper()
	//nolint:gosec // the installed npm, asked for by whoever runs the tests
	cmd := exec.Command("node", "--max-old-space-size=1500", filepath.Join("testdata", "arborist.cjs"), filepath.Dir(filepath.Dir(a.npm.cli)))
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := make(chan []byte)
	go func() {
		defer close(lines)
		sc := bufio.NewScanner(out)
		sc.Buffer(nil, 64<<20)
		for sc.Scan() {
			lines <- append([]byte(nil), sc.Bytes()...)
		}
	}()
	a.in, a.lines, a.pid = json.NewEncoder(in), lines, cmd.Process.Pid
	if _, ok := <-lines; !ok {
		t.Fatalf("node does not start with npm %s", a.npm.version)
	}
	a.stop = func() {
		cmd.Process.Kill()
		for range lines {
		}
		cmd.Wait()
	}
}

// ask has npm build one tree. never is whether it did not end.
func (a *arborist) ask(t *testing.T, q question) (_ answer, _ want, never bool) {
	t.Helper()
	return a.askWithin(t, q, patience)
}

func (a *arborist) askWithin(t *testing.T, q question, limit time.Duration) (_ answer, _ want, never bool) {
	t.Helper()
	if q.Registry == "" {
		q.Registry = "https://registry.invalid/"
	}
	if err := a.in.Encode(q); err != nil {
		t.Fatal(err)
	}
	line, ok := a.answer(t, limit)
	if !ok {
		a.stop()
		a.start(t)
		return answer{}, want{}, true
	}
	var ans answer
	if err := json.Unmarshal(line, &ans); err != nil {
		t.Fatal(err)
	}
	for words, code := range map[string]string{"Unable to resolve reference": "EOVERRIDE", "Override without name": "EOVERRIDE",
		"Cannot read properties of null (reading '.')": "EOVERRIDE"} {
		if ans.Code == "unknown" && strings.Contains(ans.Message, words) {
			ans.Code = code
		}
	}
	if ans.Code == "unknown" && strings.Contains(ans.Message, "TypeError") {
		ans.Code = "EINTERNAL"
	}
	if ans.Code == "E404" {
		ans.Code = "error" // gpq's word for what it cannot plan with
	}
	if ans.Code != "" {
		return ans, want{failed: ans.Code, output: ans.Message, facts: ans.Facts}, false
	}
	w := want{layout: map[string]string{}, origin: map[string]string{}}
	for at, e := range ans.Packages {
		if at == "" {
			continue
		}
		if e.Name == "" {
			e.Name = nameOf(at)
		}
		w.layout[at] = e.what()
		if !e.Link {
			w.origin[at] = e.Resolved + " " + e.Integrity
		}
	}
	return ans, w, false
}

// answer waits for a line until node has worked for limit.
func (a *arborist) answer(t *testing.T, limit time.Duration) (line []byte, ok bool) {
	t.Helper()
	began, worked := time.Now(), a.worked()
	tick := time.NewTicker(limit / 20)
	defer tick.Stop()
	for {
		select {
		case l, ok := <-a.lines:
			if !ok {
				t.Fatalf("the node process with npm %s has ended", a.npm.version)
			}
			return l, true
		case <-tick.C:
			if a.worked()-worked > limit || time.Since(began) > overdue {
				return nil, false
			}
		}
	}
}

// worked is how long the processor worked for node; where that cannot be read,
// the time of day.
func (a *arborist) worked() time.Duration {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(a.pid) + "/stat")
	_, after, _ := strings.Cut(string(data), ") ")
	f := strings.Fields(after)
	if err != nil || len(f) < 13 {
		return time.Duration(time.Now().UnixNano())
	}
	var ticks int64
	for _, s := range f[11:13] {
		n, _ := strconv.ParseInt(s, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100
}
