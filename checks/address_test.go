package checks

import "testing"

func TestTold(t *testing.T) {
	for in, want := range map[string]string{
		"https://h.test/a.tgz":                                 "https://h.test/a.tgz",
		"https://u:p@h.test/a.tgz":                             "https://***@h.test/a.tgz",
		"git+ssh://git@h.test/a.git#v1":                        "git+ssh://git@h.test/a.git#v1",
		"https://a@b@h.test":                                   "https://***@h.test",
		"https://h.test/a.tgz?token=abc&x=1":                   "https://h.test/a.tgz?token=***&x=1",
		"https://h.test/a.tgz?x=1&X-Amz-Signature=ab%2F#sha":   "https://h.test/a.tgz?x=1&X-Amz-Signature=***#sha",
		"https://h.test/a.tgz?Access_Token=a;api-key=b":        "https://h.test/a.tgz?Access_Token=***;api-key=***",
		"https://h.test/a.tgz?ref=main&version=2":              "https://h.test/a.tgz?ref=main&version=2",
		"cannot get https://u:p@h.test/a?auth=x (403)":         "cannot get https://***@h.test/a?auth=*** (403)",
		"https://a.test/x leads to https://u:p@h.test/y?key=1": "https://a.test/x leads to https://***@h.test/y?key=***",
		"a@^1.0.0":                     "a@^1.0.0",
		"https://h.test/token=a/b.tgz": "https://h.test/token=a/b.tgz",
	} {
		if got := Told(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}
