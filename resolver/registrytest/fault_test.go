package registrytest

import (
	"io"
	"net/http"
	"testing"
	"time"
)

// try asks once on a fresh connection and gives status (0: broken) and body.
func try(t *testing.T, url string) (int, string) {
	t.Helper()
	client := &http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, ""
	}
	return res.StatusCode, string(body)
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		fault Fault
		want  []int // statuses of requests one after the other
	}{
		"status, twice, after one": {Fault{Path: "/plain", Status: 503, Skip: 1, Times: 2}, []int{200, 503, 503, 200}},
		"other path":               {Fault{Path: "/other*", Status: 503}, []int{200}},
		"other method":             {Fault{Method: "POST", Status: 503}, []int{200}},
		"nothing said":             {Fault{}, []int{500}},
		"hang":                     {Fault{Path: "/p*n", Hang: true, Times: 1}, []int{0, 200}},
		"drop":                     {Fault{Drop: true, Times: 1}, []int{0, 200}},
		"cut":                      {Fault{CutAfter: 10, Times: 1}, []int{0, 200}},
		"redirect":                 {Fault{Redirect: "http://127.0.0.1:1/"}, []int{302}},
		"delay":                    {Fault{Delay: time.Millisecond}, []int{200}},
		"long delay":               {Fault{Delay: time.Minute, Times: 1}, []int{0, 200}},
		"wrong body":               {Fault{Body: []byte("<html>")}, []int{200}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := New(t, Options{Now: noon}, "-- packument --\nname: plain\n")
			s.Fault(c.fault)
			for i, want := range c.want {
				status, body := try(t, s.URL+"plain")
				if status != want {
					t.Errorf("request %d: %d, want %d", i+1, status, want)
				}
				if c.fault.Body != nil && body != string(c.fault.Body) {
					t.Errorf("body %q", body)
				}
			}
			s.Heal()
			if status, _ := try(t, s.URL+"plain"); status != http.StatusOK {
				t.Errorf("healed: %d", status)
			}
		})
	}
}

func TestReplace(t *testing.T) {
	s := New(t, Options{Now: noon}, "-- packument --\nname: plain\n")
	s.Fault(Fault{Replace: [2]string{"MIT", "NONE"}})
	if _, body := try(t, s.URL+"plain"); !contains(body, "NONE") || contains(body, "MIT") {
		t.Errorf("body %s", body)
	}
}

func contains(s, sub string) bool { return glob("*"+sub+"*", s) }
