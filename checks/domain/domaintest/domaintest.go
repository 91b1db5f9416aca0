// Package domaintest is a small world of domains on loopback: an RDAP server
// and a DNS server that agree, or do not, as a test wants.
package domaintest

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// DNS is how the name server answers about a domain.
type DNS uint8

// The answers of the name server; the zero value is a name that is not there.
const (
	NXDomain DNS = iota
	Delegated
	NoData
	ServFail
	Refused
	Silent    // no answer at all
	Truncated // on UDP; delegated on TCP
	Spoofed   // a wrong id first, then «delegated»
)

// Domain is one domain of the world. The zero value is not registered: RDAP
// answers 404 with a JSON body, the DNS that there is no such name.
type Domain struct {
	// Registered makes an RDAP object; the dates are in it where not zero.
	Registered, Expires, Reregistered time.Time
	Status                            []string
	// Code, Type and Body replace the RDAP answer where not zero. RetryAfter
	// goes with any answer.
	Code       int
	Type, Body string
	RetryAfter string
	Delay      time.Duration // before the RDAP answer
	DNS        DNS
}

// World is the two servers. Its methods are safe for concurrent use.
type World struct {
	RDAP string // base URL that answers «domain/NAME»
	DNS  string // host:port, UDP and TCP

	mu      sync.Mutex
	domains map[string]Domain
	asked   []string
	open    int
	most    int
	http    *httptest.Server
	udp     net.PacketConn
	tcp     net.Listener
}

// Start starts both servers on loopback. The domains may be changed with Set.
func Start(domains map[string]Domain) (*World, error) {
	w := &World{domains: map[string]Domain{}}
	for n, d := range domains {
		w.domains[n] = d
	}
	if err := w.listen(); err != nil {
		return nil, err
	}
	w.DNS = w.udp.LocalAddr().String()
	w.http = httptest.NewServer(w)
	w.RDAP = w.http.URL + "/rdap/"
	go w.serveUDP()
	go w.serveTCP()
	return w, nil
}

// listen takes one port for UDP and TCP; the other may be taken already.
func (w *World) listen() (err error) {
	for range 20 {
		if w.tcp, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			continue
		}
		if w.udp, err = net.ListenPacket("udp", w.tcp.Addr().String()); err == nil {
			return nil
		}
		w.tcp.Close()
	}
	return err
}

// Close stops both.
func (w *World) Close() {
	w.http.Close()
	w.udp.Close()
	w.tcp.Close()
}

// Set changes or adds a domain.
func (w *World) Set(name string, d Domain) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.domains[name] = d
}

// Asked gives what RDAP was asked, in order: "domain/example.com".
func (w *World) Asked() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.asked...)
}

// MostAtOnce is how many RDAP requests were under way at the same time.
func (w *World) MostAtOnce() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.most
}

func (w *World) get(name string) Domain {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.domains[name]
}

// ServeHTTP is the RDAP server.
func (w *World) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/rdap/")
	w.mu.Lock()
	w.asked = append(w.asked, path)
	w.open++
	w.most = max(w.most, w.open)
	w.mu.Unlock()
	defer func() { w.mu.Lock(); w.open--; w.mu.Unlock() }()
	name := strings.TrimPrefix(path, "domain/")
	d := w.get(name)
	select {
	case <-time.After(d.Delay):
	case <-r.Context().Done():
		return
	}
	d.write(rw, name)
}

func (d Domain) write(rw http.ResponseWriter, name string) {
	code, typ, body := 200, "application/rdap+json", d.object(name)
	if d.Registered.IsZero() && d.Status == nil {
		code, body = 404, `{"errorCode":404,"title":"object not found","rdapConformance":["rdap_level_0"]}`
	}
	if d.Code != 0 {
		code = d.Code
	}
	if d.Type != "" {
		typ = d.Type
	}
	if d.Body != "" {
		body = d.Body
	}
	if d.RetryAfter != "" {
		rw.Header().Set("Retry-After", d.RetryAfter)
	}
	rw.Header().Set("Content-Type", typ)
	rw.WriteHeader(code)
	fmt.Fprint(rw, body)
}

func (d Domain) object(name string) string {
	var events []string
	add := func(action string, t time.Time) {
		if !t.IsZero() {
			events = append(events, fmt.Sprintf(`{"eventAction":%q,"eventDate":%q}`, action, t.UTC().Format(time.RFC3339)))
		}
	}
	add("registration", d.Registered)
	add("reregistration", d.Reregistered)
	add("expiration", d.Expires)
	status := make([]string, 0, len(d.Status))
	for _, s := range d.Status {
		status = append(status, fmt.Sprintf("%q", s))
	}
	return fmt.Sprintf(`{"objectClassName":"domain","rdapConformance":["rdap_level_0"],"ldhName":%q,"status":[%s],"events":[%s]}`,
		strings.ToUpper(name), strings.Join(status, ","), strings.Join(events, ","))
}

func (w *World) serveUDP() {
	buf := make([]byte, 1500)
	for {
		n, from, err := w.udp.ReadFrom(buf)
		if err != nil {
			return
		}
		for _, b := range w.answer(buf[:n], false) {
			_, _ = w.udp.WriteTo(b, from)
		}
	}
}

func (w *World) serveTCP() {
	for {
		c, err := w.tcp.Accept()
		if err != nil {
			return
		}
		go w.serveConn(c)
	}
}

func (w *World) serveConn(c net.Conn) {
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	buf := make([]byte, 1500)
	n, err := c.Read(buf)
	if err != nil || n < 2 {
		return
	}
	for _, b := range w.answer(buf[2:n], true) {
		_, _ = c.Write(append([]byte{byte(len(b) >> 8), byte(len(b))}, b...))
	}
}

func (w *World) answer(query []byte, tcp bool) [][]byte {
	var m dnsmessage.Message
	if m.Unpack(query) != nil || len(m.Questions) != 1 {
		return nil
	}
	name := strings.TrimSuffix(strings.ToLower(m.Questions[0].Name.String()), ".")
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	kind := w.get(name).DNS
	switch kind {
	case Silent:
		return nil
	case NXDomain:
		m.RCode = dnsmessage.RCodeNameError
	case ServFail:
		m.RCode = dnsmessage.RCodeServerFailure
	case Refused:
		m.RCode = dnsmessage.RCodeRefused
	case Truncated:
		m.Truncated = !tcp
		if tcp {
			m.Answers = nameServers(m.Questions[0].Name)
		}
	case Delegated, Spoofed:
		m.Answers = nameServers(m.Questions[0].Name)
	default:
	}
	good, err := m.Pack()
	if err != nil {
		return nil
	}
	if kind != Spoofed {
		return [][]byte{good}
	}
	m.ID, m.RCode, m.Answers = m.ID+1, dnsmessage.RCodeNameError, nil
	bad, _ := m.Pack()
	return [][]byte{bad, good}
}

func nameServers(zone dnsmessage.Name) []dnsmessage.Resource {
	return []dnsmessage.Resource{{
		Header: dnsmessage.ResourceHeader{Name: zone, Type: dnsmessage.TypeNS, Class: dnsmessage.ClassINET, TTL: 60},
		Body:   &dnsmessage.NSResource{NS: dnsmessage.MustNewName("ns1.example.net.")},
	}}
}
