package fetch

import (
	"encoding/base64"
	"net/http"
	"net/url"
)

// target is where one hop of a request goes. Its URL has no userinfo.
type target struct {
	url    *url.URL
	secret string // Authorization header; "" for none
	header http.Header
}

// parseTarget takes a URL apart. What stands before an @ in it is a
// credential: it goes into the header where there is no other.
func parseTarget(r Request) (target, error) {
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		host := ""
		if u != nil {
			host = u.Host
		}
		return target{}, &Error{URL: shown(u), Host: host, Reason: "not an http or https address"}
	}
	t := target{url: u, secret: r.Secret, header: r.Header}
	if u.User != nil {
		if t.secret == "" {
			t.secret = basic(u.User)
		}
		u.User = nil
	}
	u.Fragment, u.RawFragment = "", ""
	return t, nil
}

func basic(user *url.Userinfo) string {
	password, _ := user.Password()
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password))
}

// shown is a URL as it may be told: without userinfo, query and fragment.
func shown(u *url.URL) string {
	if u == nil {
		return ""
	}
	s := url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath}
	return s.String()
}

func origin(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	return u.Scheme + "://" + u.Hostname() + ":" + port
}

// follow gives the target of a redirect. Credentials and cookies stay behind
// when the origin changes.
func (t target) follow(location string) (target, error) {
	fail := func(reason string) (target, error) {
		return target{}, &Error{URL: shown(t.url), Host: t.url.Host, Reason: reason}
	}
	if location == "" {
		return fail("redirect to nowhere")
	}
	u, err := t.url.Parse(location)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fail("redirect to what is not an http or https address")
	}
	if t.url.Scheme == "https" && u.Scheme != "https" {
		return fail("redirect from https to http")
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	next := target{url: u, header: t.header}
	if origin(u) == origin(t.url) {
		next.secret = t.secret
		return next, nil
	}
	next.header = t.header.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie", "Npm-Otp", "Npm-Session"} {
		next.header.Del(name)
	}
	return next, nil
}
