package domain

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestRegistrable(t *testing.T) {
	for _, c := range []struct {
		in, want string
		kind     Kind
	}{
		{"example.com", "example.com", Public},
		{"mail.Example.CO.uk.", "example.co.uk", Public},
		{"x.github.io", "github.io", Public},
		{"a.b.netlify.app", "netlify.app", Public},
		{"foo.eu.org", "eu.org", Public},
		{"someone.me", "someone.me", Public},
		{"a.blogspot.com", "blogspot.com", Public},
		{"y.kawasaki.jp", "y.kawasaki.jp", Unreadable},
		{"bücher.de", "xn--bcher-kva.de", Public},
		{"post.BÜCHER.de", "xn--bcher-kva.de", Public},
		{"почта.рф", "xn--80a1acny.xn--p1ai", Public},
		{"xn--bcher-kva.com", "xn--bcher-kva.com", Public},
		{"gmail.com", "gmail.com", Mail},
		{"users.noreply.github.com", "github.com", Mail},
		{"mail.gmail.com", "gmail.com", Mail},
		{"notgmail.com", "notgmail.com", Public},
		{"mail.co", "mail.co", Public},
		{"co.uk", "co.uk", Unreadable},
		{"com", "com", Special},
		{"localhost", "localhost", Special},
		{"build.corp.internal", "build.corp.internal", Special},
		{"[127.0.0.1]", "[127.0.0.1]", Special},
		{"::1", "::1", Special},
		{"thing.test", "thing.test", Special},
		{"a.no-such-tld-at-all", "a.no-such-tld-at-all", Strange},
		{"", "", Unreadable},
		{"exa mple.com", "exa mple.com", Unreadable},
		{"../../etc.com", "../../etc.com", Unreadable},
	} {
		if got, kind := Registrable(c.in); got != c.want || kind != c.kind {
			t.Errorf("%q: %q %d, want %q %d", c.in, got, kind, c.want, c.kind)
		}
	}
}

func TestName(t *testing.T) {
	for in, want := range map[string]string{
		"a@example.com": "example.com", "A <a@Example.COM>": "example.com", `"a@b"@c.org `: "c.org", "nobody": "", "": "", "a@": "",
	} {
		if got := Name(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func day(s string) time.Time { t, _ := time.Parse(time.DateOnly, s); return t }

var now = day("2026-11-20")

func TestJudge(t *testing.T) {
	since := day("2019-05-01")
	for _, c := range []struct {
		name, body string
		since      time.Time
		want       State
	}{
		{"sound", `{"objectClassName":"domain","status":["client transfer prohibited"],"events":[{"eventAction":"registration","eventDate":"2010-01-01T00:00:00Z"},{"eventAction":"expiration","eventDate":"2028-01-01T00:00:00Z"}]}`, since, Registered},
		{"pending delete", `{"objectClassName":"domain","status":["pending delete"]}`, since, PendingDelete},
		{"pending delete, EPP's spelling and URL", `{"objectClassName":"domain","status":["pendingDelete https://icann.org/epp#pendingDelete"]}`, since, PendingDelete},
		{"redemption comes with pending delete", `{"objectClassName":"domain","status":["pending delete","redemption period"]}`, since, Redemption},
		{"being restored", `{"objectClassName":"domain","status":["pendingDelete","pendingRestore"]}`, since, Redemption},
		{"expired by date", `{"objectClassName":"domain","status":["active"],"events":[{"eventAction":"expiration","eventDate":"2026-11-01T00:00:00Z"}]}`, since, Grace},
		{"auto renew: no news", `{"objectClassName":"domain","status":["auto renew period"],"events":[{"eventAction":"expiration","eventDate":"2027-11-01T00:00:00Z"}]}`, since, Registered},
		{"registrar's date where there is no other", `{"objectClassName":"domain","events":[{"eventAction":"registrar expiration","eventDate":"2026-11-01T00:00:00Z"}]}`, since, Grace},
		{"the registry's date goes before", `{"objectClassName":"domain","events":[{"eventAction":"expiration","eventDate":"2027-11-01T00:00:00Z"},{"eventAction":"registrar expiration","eventDate":"2026-11-01T00:00:00Z"}]}`, since, Registered},
		{"registered anew", `{"objectClassName":"domain","events":[{"eventAction":"registration","eventDate":"2024-02-03T00:00:00Z"}]}`, since, Reregistered},
		{"registered anew, date without zone", `{"objectClassName":"domain","events":[{"eventAction":"registration","eventDate":"2024-02-03T00:00:00"}]}`, since, Reregistered},
		{"registered anew, by its own event", `{"objectClassName":"domain","events":[{"eventAction":"registration","eventDate":"2010-02-03T00:00:00Z"},{"eventAction":"reregistration","eventDate":"2024-02-03T00:00:00Z"}]}`, since, Reregistered},
		{"the day before its first use", `{"objectClassName":"domain","events":[{"eventAction":"registration","eventDate":"2019-05-02T12:00:00Z"}]}`, since, Registered},
		{"address never seen on a version", `{"objectClassName":"domain","events":[{"eventAction":"registration","eventDate":"2024-02-03T00:00:00Z"}]}`, time.Time{}, Registered},
		{"registered anew and in redemption", `{"objectClassName":"domain","status":["redemption period"],"events":[{"eventAction":"registration","eventDate":"2024-02-03T00:00:00Z"}]}`, since, Reregistered},
		{"hold", `{"objectClassName":"domain","status":["client hold"]}`, since, Hold},
		{"nothing but its name", `{"objectClassName":"domain"}`, since, Registered},
		{"status as a string", `{"objectClassName":"domain","status":"pending delete"}`, since, PendingDelete},
		{"empty dates", `{"objectClassName":"domain","events":[{"eventAction":"expiration","eventDate":""}]}`, since, Registered},
	} {
		r, err := parseObject("example.com", []byte(c.body))
		if err != nil || r.Judge(c.since, now) != c.want {
			t.Errorf("%s: %v, want %v (%v)", c.name, r.Judge(c.since, now), c.want, err)
		}
	}
	if got := (Record{}).Judge(since, now); got != Unknown {
		t.Errorf("nothing known: %v", got)
	}
}

func TestObjectsOfOthers(t *testing.T) {
	for name, body := range map[string]string{
		"page":           "<html>",
		"empty":          "{}",
		"array":          "[]",
		"entity":         `{"objectClassName":"entity","status":["active"]}`,
		"other domain":   `{"objectClassName":"domain","ldhName":"EXAMPLE.ORG"}`,
		"error with 200": `{"errorCode":404,"objectClassName":"domain"}`,
	} {
		if r, err := parseObject("example.com", []byte(body)); err == nil || r.Held {
			t.Errorf("%s: taken for an answer: %+v", name, r)
		}
	}
}

func TestAbsent(t *testing.T) {
	for _, c := range []struct {
		typ, body string
		want      bool
	}{
		{"application/rdap+json", `{"errorCode":404}`, true},
		{"application/rdap+json; charset=utf-8", `{"errorCode":"404"}`, true},
		{"application/json", `{"title":"not found"}`, true},
		{"text/html", `{"errorCode":404}`, false},
		{"application/json", `<html>`, false},
		{"application/json", ``, true},
		{"", ``, true},
		{"", `{"errorCode":404}`, false},
		{"application/rdap+json", `{"errorCode":429}`, false},
		{"application/rdap+json", `{"objectClassName":"domain"}`, false},
	} {
		if absent(c.typ, []byte(c.body)) != c.want {
			t.Errorf("%s %s: want %v", c.typ, c.body, c.want)
		}
	}
}

func TestServers(t *testing.T) {
	s, err := ParseServers(embedded)
	if err != nil || s.Published.IsZero() {
		t.Fatal(err, s.Published)
	}
	for d, want := range map[string]string{
		"a.com": "https://rdap.verisign.com/com/v1/", "a.dev": "https://pubapi.registry.google/rdap/", "a.co.uk": "https://rdap.nominet.uk/uk/", "a.io": "", "com": "https://rdap.verisign.com/com/v1/",
	} {
		if got := s.For(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
	s, err = ParseServers([]byte(`{"services":[[["com","co.uk"],["http://plain.example/","https://u@h.example/","https://one.example/x","https://two.example/"]],[["uk"],["https://uk.example/"]],[["de"],["http://plain.example/"]],[["x"]]]}`))
	if err != nil || s.For("a.com") != "https://one.example/x/" || s.For("a.co.uk") != "https://one.example/x/" || s.For("a.org.uk") != "https://uk.example/" || s.For("a.de") != "" {
		t.Errorf("%+v %v", s, err)
	}
	for _, bad := range []string{"", "[]", "{}", `{"services":[]}`, `{"services":[[["de"],["http://x/"]]]}`} {
		if _, err := ParseServers([]byte(bad)); err == nil {
			t.Errorf("%s: taken", bad)
		}
	}
}

// Recorded answers of three registries.
func TestRecorded(t *testing.T) {
	dir := "/work/shared/corpus/rdap"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("recorded RDAP answers are not on this machine:", err)
	}
	for _, c := range []struct {
		domain, since, now string
		want               State
	}{
		{"microsoft.click", "2020-01-01", "2024-06-18", Registered},
		{"microsoft.click", "2014-01-01", "2024-06-18", Reregistered},
		{"microsoft.click", "2020-01-01", "2024-12-18", Grace},
		{"lemonde.fr", "2010-01-01", "2024-06-18", Registered},
		{"home.moscow", "2022-01-01", "2024-06-18", Registered},
		{"home.moscow", "2015-01-01", "2024-06-18", Reregistered},
	} {
		b, err := os.ReadFile(filepath.Join(dir, c.domain+".json"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := parseObject(c.domain, b)
		if got := r.Judge(day(c.since), day(c.now)); err != nil || got != c.want {
			t.Errorf("%s seen %s at %s: %v, want %v (%v)", c.domain, c.since, c.now, got, c.want, err)
		}
	}
}

func FuzzObject(f *testing.F) {
	f.Add([]byte(`{"objectClassName":"domain","status":["active"],"events":[{"eventAction":"registration","eventDate":"2024-02-03"}]}`))
	f.Add([]byte(`{"status":"x"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseObject("example.com", b)
		if s := r.Judge(now, now); err != nil && s != Unknown || s == NotRegistered {
			t.Errorf("%v from %q", s, b)
		}
	})
}

func FuzzDNS(f *testing.F) {
	q, id, _ := question("example.com")
	f.Add(q, id)
	f.Fuzz(func(t *testing.T, b []byte, id uint16) {
		got, _, ours, err := readAnswer(b, id, "example.com")
		if (err != nil || !ours) && got != NoAnswer {
			t.Errorf("%v %v %v", got, ours, err)
		}
	})
}
