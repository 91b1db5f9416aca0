package argv

import (
	"errors"
	"reflect"
	"testing"
)

func TestSplit(t *testing.T) {
	strict := Own{Strict: true}
	for _, c := range []struct {
		args, rest []string
		own        Own
	}{
		{[]string{"install", "--strict", "x"}, []string{"install", "x"}, strict},
		{[]string{"--strict", "install", "x"}, []string{"install", "x"}, strict},
		{[]string{"install", "x", "--strict"}, []string{"install", "x"}, strict},
		{[]string{"install", "x", "--", "--strict"}, []string{"install", "x", "--", "--strict"}, Own{}},
		{[]string{"install", "---", "--strict"}, []string{"install", "---", "--strict"}, Own{}},
		{[]string{"install", "--tag", "--strict", "x"}, []string{"install", "--tag", "x"}, strict}, // a String flag takes no word with hyphens
		{[]string{"install", "--save", "--strict"}, []string{"install", "--save"}, strict},
		{[]string{"install", "--report", "json", "x"}, []string{"install", "x"}, Own{Reports: []Report{{"json", ""}}}},
		{[]string{"install", "--report=json=a=b.json", "--report", "sarif=s", "x"}, []string{"install", "x"}, Own{Reports: []Report{{"json", "a=b.json"}, {"sarif", "s"}}}},
		{[]string{"--policy", "p", "--trusted-root=t", "--registry-keys", "k", "--no-guard", "ci"}, []string{"ci"}, Own{Policy: "p", TrustedRoot: "t", RegistryKeys: "k", NoGuard: true}},
		{[]string{"install", "--strict-ssl", "--strict-peer-deps"}, []string{"install", "--strict-ssl", "--strict-peer-deps"}, Own{}},
		{[]string{"install", "--strictly"}, []string{"install", "--strictly"}, Own{}},
		{[]string{"install", "-strict", "---strict"}, []string{"install", "-strict", "---strict"}, Own{}},
		{[]string{"install", "--prefix", "install", "--strict"}, []string{"install", "--prefix", "install"}, strict},
		{[]string{"-w", "a", "--strict", "i"}, []string{"-w", "a", "i"}, strict},
		{[]string{"--strict", "npm", "install", "--strict"}, []string{"npm", "install", "--strict"}, strict},
		{[]string{"npx", "--report", "json"}, []string{"npx", "--report", "json"}, Own{}},
		{[]string{"install", "npm", "--strict"}, []string{"install", "npm"}, strict},
		{nil, []string{}, Own{}},
	} {
		own, rest, err := Split(c.args)
		if err != nil || !reflect.DeepEqual(rest, c.rest) || !reflect.DeepEqual(own, c.own) {
			t.Errorf("Split(%q) = %+v, %q, %v; want %+v, %q", c.args, own, rest, err, c.own, c.rest)
		}
	}
}

func TestSplitRefuses(t *testing.T) {
	for _, args := range [][]string{
		{"install", "--omit", "--strict", "x"},
		{"install", "-w", "--strict", "x"},
		{"install", "--registry", "--report=json"},
		{"install", "--strict=false"},
		{"install", "--report", "xml"},
		{"install", "--report"},
		{"install", "--report", "--save"},
		{"install", "--report=json="},
		{"install", "--policy="},
		{"install", "--policy", "--"},
	} {
		_, _, err := Split(args)
		var usage *UsageError
		if !errors.As(err, &usage) {
			t.Errorf("Split(%q): %v, want a usage error", args, err)
		}
	}
}

func TestFromEnv(t *testing.T) {
	o, err := FromEnv([]string{"PATH=/bin", "GPQ_STRICT=1", "GPQ_REPORT=json=a.json, sarif=b,html", "GPQ_OSV_URL=", "GPQ_DNS_SERVER=127.0.0.1:53", "GPQ_NPM=/x/npm"})
	want := Own{Strict: true, Reports: []Report{{"json", "a.json"}, {"sarif", "b"}, {"html", ""}}, OSV: Service{Given: true}, DNS: Service{true, "127.0.0.1:53"}, NPM: "/x/npm"}
	if err != nil || !reflect.DeepEqual(o, want) {
		t.Errorf("FromEnv = %+v, %v; want %+v", o, err, want)
	}
	for _, bad := range []string{"GPQ_STRICT=maybe", "GPQ_OFF=2", "GPQ_REPORT=xml"} {
		if _, err := FromEnv([]string{bad}); err == nil {
			t.Errorf("%s is accepted", bad)
		}
	}
}

func TestOver(t *testing.T) {
	env := Own{Strict: true, Policy: "e", Reports: []Report{{"json", ""}}, Off: true}
	got := Own{Policy: "f", Reports: []Report{{"json", ""}, {"html", "h"}}}.Over(env)
	want := Own{Strict: true, Policy: "f", Reports: []Report{{"json", ""}, {"html", "h"}}, Off: true}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("Over = %+v, want %+v", got, want)
	}
}
