package report

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func TestEscape(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"express@5.1.0", "express@5.1.0"},
		{"Grüße, 世界, ελ", "Grüße, 世界, ελ"},
		{"\x1b[2K\rAll checks passed", `\x1b[2K\rAll checks passed`},
		{"\x1b]52;c;ZXZpbA==\a", `\x1b]52;c;ZXZpbA==\x07`},
		{"\u009b31m", `\u009b31m`},
		{"a\u202egnp.exe", `a\u202egnp.exe`},
		{"a\u2066b\u2069\u200b\ufeff", `a\u2066b\u2069\u200b\ufeff`},
		{"\U000e0041tag", `\U000e0041tag`},
		{"bad\xffbytes", `bad\xffbytes`},
		{"\x1b", `\x1b`}, {"\x7f\r\u009b", `\x7f\r\u009b`},
		{"two\nlines\ttab\x7f", `two\nlines\ttab\x7f`},
		{"line\u2028sep nbsp\u00a0", `line\u2028sep nbsp\u00a0`},
	} {
		if got := Escape(c.in); got != c.want {
			t.Errorf("Escape(%q) = %s, want %s", c.in, got, c.want)
		}
	}
}

func TestEscapeMax(t *testing.T) {
	if got := EscapeMax("äbcdef", 3); got != "äbc…" {
		t.Errorf("cut = %q", got)
	}
	if got := EscapeMax("abc", 3); got != "abc" {
		t.Errorf("whole = %q", got)
	}
}

func TestEscapeJSONKeepsValues(t *testing.T) {
	in := "x\u202ey\u009b\U000e0041\x1b\u2028 ok ü"
	doc, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	safe := escapeJSON(doc)
	for _, r := range string(safe) {
		if r != '\n' && deceives(r) {
			t.Errorf("%U is still raw in %s", r, safe)
		}
	}
	var back string
	if err := json.Unmarshal(safe, &back); err != nil || back != in {
		t.Errorf("came back as %q (%v), want %q", back, err, in)
	}
}

func FuzzEscape(f *testing.F) {
	f.Add("\x1b[31mred\u202e\xff\n")
	f.Fuzz(func(t *testing.T, s string) {
		out := Escape(s)
		if !utf8.ValidString(out) {
			t.Fatalf("Escape(%q) is no UTF-8", s)
		}
		for _, r := range out {
			if unicode.IsControl(r) || deceives(r) {
				t.Fatalf("Escape(%q) still has %U", s, r)
			}
		}
		if strings.ContainsAny(out, "\n\r\x1b") {
			t.Fatalf("Escape(%q) = %q", s, out)
		}
	})
}
