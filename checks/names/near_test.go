package names

import (
	"strings"
	"testing"
)

func TestNear(t *testing.T) {
	l := New("test", []string{
		"react", "lodash", "express", "cross-env", "react-router-dom", "@babel/core", "d3", "jest", "ws", "left-pad", "sqlite3", "es5-shim",
		"@types/node", "@azure/core-tracing", "eslint-plugin-unused-imports", "socket.io", "dayjs", "crypto-js", "chokidar", "request", "moment", "typescript",
		"@typescript-eslint/parser", "vue", "modern-thing",
	})
	for name, want := range map[string]string{
		"lodash": "", "loadsh": "lodash Swapped", "lodahs": "lodash Swapped", "lodas": "lodash Letter", "lodashs": "lodash Letter", "llodash": "lodash Doubled",
		"1odash": "lodash Lookalike", "Lodash": "lodash Separators", "lo-dash": "lodash Separators", "lodash.js": "lodash Affix", "lodash-js": "lodash Affix", "lodashjs": "lodash Affix",
		"node-lodash": "lodash Affix", "nodelodash": "lodash Affix", "lodash-2": "lodash Numbered", "lodash-beta": "lodash Numbered", "better-lodash": "lodash Dressed",
		"crossenv": "cross-env Separators", "cross_env": "cross-env Separators", "cross.env": "cross-env Separators", "cross-env.js": "cross-env Affix",
		"react-dom-router": "react-router-dom WordOrder", "babel-core": "@babel/core Unscoped", "babelcore": "@babel/core Unscoped", "types-node": "@types/node Unscoped",
		"@babel-core/x": "@babel/core ScopeName", "@bable/core": "@babel/core ScopeNear", "@babel/anything": "", "@acme/lodash": "", "core-tracing": "@azure/core-tracing Unscoped",
		"unused-imports": "eslint-plugin-unused-imports Unprefixed", "@typescript_eslinter/x": "@typescript-eslint/parser ScopeNear",
		"d3.js": "d3 Affix", "d4": "", "d3x": "", "ws2": "", "jset": "jest Swapped", "jost": "", "rest": "", "reacr": "react Letter", "reaxt": "react Letter", "treact": "", "reacy": "react Letter", "raect": "react Swapped", "rebct": "",
		"sqlite4": "", "es6-shim": "", "easy-day-js": "dayjs Dressed", "plain-crypto-js": "crypto-js Dressed", "m0ment": "moment Lookalike", "rnoment": "moment Lookalike", "mode-rn-thing": "modern-thing Separators",
		"typoscrupt": "typescript TwoLetters", "foo": "", "gpq": "", "": "", "@": "", "@/": "", "@a/": "", strings.Repeat("a", 300): "",
	} {
		m, ok := l.Near(name)
		got := ""
		if ok {
			got = m.Popular + " " + shapeName(m.Shape)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func shapeName(s Shape) string {
	for n, v := range map[string]Shape{
		"Separators": Separators, "Affix": Affix, "Numbered": Numbered, "Dressed": Dressed, "Letter": Letter, "TwoLetters": TwoLetters, "Swapped": Swapped, "Doubled": Doubled,
		"Lookalike": Lookalike, "WordOrder": WordOrder, "Unscoped": Unscoped, "Unprefixed": Unprefixed, "ScopeName": ScopeName, "ScopeNear": ScopeNear,
	} {
		if v == s {
			return n
		}
	}
	return "?"
}

// oneAway counts edits the slow way: letters swapped side by side are one.
func oneAway(a, b string) bool {
	if a == b {
		return false
	}
	for i := range len(a) + 1 {
		if i < len(a) && a[:i]+a[i+1:] == b {
			return true
		}
		if i+1 < len(a) && a[:i]+a[i+1:i+2]+a[i:i+1]+a[i+2:] == b {
			return true
		}
		if i < len(b) && len(b) == len(a)+1 && b[:i]+b[i+1:] == a {
			return true
		}
		if i < len(a) && len(a) == len(b) && a[:i]+a[i+1:] == b[:i]+b[i+1:] {
			return true
		}
	}
	return false
}

// The halves miss no name that is one edit away.
func FuzzCandidates(f *testing.F) {
	f.Add("lodash", "loadsh")
	f.Add("abcd", "abdc")
	f.Add("aab", "ab")
	f.Add("abc", "xabc")
	f.Fuzz(func(t *testing.T, a, b string) {
		if len(a) < 2 || len(b) < 2 || len(a) > 60 || len(b) > 60 {
			t.Skip()
		}
		m := newHalves(4)
		m.add([]byte(b), 7)
		found := false
		m.candidates([]byte(a), func(i int32) { found = found || i == 7 })
		_, one := edit([]byte(a), []byte(b))
		if one && !oneAway(a, b) {
			t.Errorf("%q and %q are not one edit apart", a, b)
		}
		if oneAway(a, b) && !found {
			t.Errorf("%q was not found from %q", b, a)
		}
	})
}

func FuzzNear(f *testing.F) {
	l, err := Load()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"lodahs", "@babel-core/x", "@/", "node", "js", "-1", "nodejs"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, ok := l.Near(s); ok && (m.Popular == s || !l.Has(m.Popular) || m.Rank < 1) {
			t.Errorf("%q: %+v", s, m)
		}
	})
}
