package checks

import (
	"strings"
	"testing"
)

func TestSourceKey(t *testing.T) {
	for raw, want := range map[string]string{
		"git+https://github.com/Acme/Left-Pad.git":              "github.com/acme/left-pad",
		"https://github.com/acme/left-pad":                      "github.com/acme/left-pad",
		"https://www.github.com/acme/left-pad/":                 "github.com/acme/left-pad",
		"git://github.com/acme/left-pad.git#main":               "github.com/acme/left-pad",
		"git+ssh://git@github.com/acme/left-pad.git":            "github.com/acme/left-pad",
		"ssh://git@github.com:22/acme/left-pad":                 "github.com/acme/left-pad",
		"git@github.com:acme/left-pad.git":                      "github.com/acme/left-pad",
		"https://user:secret@github.com/acme/left-pad":          "github.com/acme/left-pad",
		"github:acme/left-pad":                                  "github.com/acme/left-pad",
		"acme/left-pad":                                         "github.com/acme/left-pad",
		"https://github.com/acme/mono/tree/main/packages/left":  "github.com/acme/mono",
		"https://github.com/acme/mono/blob/main/x.js":           "github.com/acme/mono",
		"gitlab:group/project":                                  "gitlab.com/group/project",
		"https://gitlab.com/group/sub/project.git":              "gitlab.com/group/sub/project",
		"https://gitlab.com/group/sub/project/-/tree/main/x":    "gitlab.com/group/sub/project",
		"https://gitlab.com/group/project/tree/main/packages/x": "gitlab.com/group/project",
		"bitbucket:acme/x":                                      "bitbucket.org/acme/x",
		"https://git.example.org/acme/x":                        "git.example.org/acme/x",
		"":                                                      "",
		"left-pad":                                              "",
		"./here":                                                "",
		"https://github.com/":                                   "",
		"https://github.com/acme":                               "",
		"://x":                                                  "",
		"gist:11081aaa281":                                      "",
		"a/b/c":                                                 "",
	} {
		if got := sourceKey(raw); got != want {
			t.Errorf("%q: %q, want %q", raw, got, want)
		}
	}
	for _, pair := range [][2]string{
		{"https://github.com.evil.example/acme/left-pad", "https://github.com/acme/left-pad"},
		{"https://github.com@evil.example/acme/left-pad", "https://github.com/acme/left-pad"},
		{"https://evil.example/github.com/acme/left-pad", "https://github.com/acme/left-pad"},
		{"https://github.com/acme/left-pad2", "https://github.com/acme/left-pad"},
		{"https://gitlab.com/acme/left-pad", "https://github.com/acme/left-pad"},
		{"https://github.com/acme/x/../left-pad", "https://github.com/acme/left-pad"},
	} {
		if sourceKey(pair[0]) == sourceKey(pair[1]) {
			t.Errorf("%q counts as %q", pair[0], pair[1])
		}
	}
}

func FuzzSourceKey(f *testing.F) {
	for _, s := range []string{"git+https://github.com/a/b.git", "a/b", "git@h:a/b", "gitlab:a/b/c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		key := sourceKey(raw)
		if key == "" {
			return
		}
		if strings.Count(key, "/") < 2 || strings.ContainsAny(key, " \\") && !strings.ContainsAny(raw, " \\") {
			t.Errorf("%q: %q", raw, key)
		}
		if again := sourceKey("https://" + key); again != key && again != "" && !strings.Contains(key, "%") && !strings.ContainsAny(key, "?:@#") {
			t.Errorf("%q: %q, and once more %q", raw, key, again)
		}
	})
}
