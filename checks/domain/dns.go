package domain

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// SystemDNS as a server means the ones this machine is set up with.
const SystemDNS = "system"

// Delegation is what the DNS says of a domain's name servers. The zero value
// is no answer.
type Delegation uint8

// What a name server's answer says.
const (
	NoAnswer  Delegation = iota
	Delegated            // there are NS records
	NoData               // the name is there, without NS records
	NXDomain             // the name is not there
)

// dns asks one recursive name server for NS records. net.Resolver cannot tell
// a name that is not there from one without records, nor either from a
// failing server; this can.
type dns struct {
	server string // host:port, SystemDNS, "" is off
	once   sync.Once
	system []string
}

// dnsTry bounds one exchange with one server.
const dnsTry = 700 * time.Millisecond

// NS asks for the domain's name servers; the error names the server.
func (d *dns) NS(ctx context.Context, domain string) (Delegation, error) {
	servers := d.servers(ctx)
	if len(servers) == 0 {
		return NoAnswer, errors.New("dns: no name server known")
	}
	var last error
	for _, s := range slices.Concat(servers, servers)[:max(2, min(len(servers), 3))] {
		if ctx.Err() != nil {
			break
		}
		got, err := ask(ctx, s, domain)
		if err == nil {
			return got, nil
		}
		last = err
	}
	if last == nil {
		last = fmt.Errorf("dns: %w", ctx.Err())
	}
	return NoAnswer, last
}

func (d *dns) servers(ctx context.Context) []string {
	switch d.server {
	case "":
		return nil
	case SystemDNS:
		d.once.Do(func() { d.system = systemServers(ctx) })
		return d.system
	}
	if _, _, err := net.SplitHostPort(d.server); err != nil {
		return []string{net.JoinHostPort(strings.Trim(d.server, "[]"), "53")}
	}
	return []string{d.server}
}

// systemServers learns the machine's name servers from Go's own resolver, by
// watching whom it would call.
func systemServers(ctx context.Context) []string {
	var mu sync.Mutex
	var out []string
	r := net.Resolver{PreferGo: true, Dial: func(_ context.Context, _, addr string) (net.Conn, error) {
		mu.Lock()
		defer mu.Unlock()
		if !slices.Contains(out, addr) {
			out = append(out, addr)
		}
		return nil, errors.New("only asking")
	}}
	_, _ = r.LookupNS(ctx, "example.com.")
	mu.Lock()
	defer mu.Unlock()
	return slices.Clone(out)
}

func ask(ctx context.Context, server, domain string) (Delegation, error) {
	got, truncated, err := exchange(ctx, "udp", server, domain)
	if err == nil && truncated {
		got, _, err = exchange(ctx, "tcp", server, domain)
	}
	if err != nil {
		return NoAnswer, fmt.Errorf("dns at %s: %s", server, dnsReason(err))
	}
	return got, nil
}

func dnsReason(err error) string {
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		return "no answer in time"
	}
	if i := strings.LastIndex(err.Error(), ": "); i >= 0 {
		return err.Error()[i+2:]
	}
	return err.Error()
}

func exchange(ctx context.Context, network, server, domain string) (Delegation, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, dnsTry)
	defer cancel()
	query, id, err := question(domain)
	if err != nil {
		return NoAnswer, false, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, server)
	if err != nil {
		return NoAnswer, false, err
	}
	defer conn.Close()
	if at, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(at)
	}
	if network == "tcp" {
		query = append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)
	}
	if _, err := conn.Write(query); err != nil {
		return NoAnswer, false, err
	}
	return answer(conn, network == "tcp", id, domain)
}

// answer reads until a message with our id and question comes: on UDP anyone
// may send others.
func answer(conn net.Conn, tcp bool, id uint16, domain string) (Delegation, bool, error) {
	buf := make([]byte, 64<<10)
	for {
		n, err := readMessage(conn, tcp, buf)
		if err != nil {
			return NoAnswer, false, err
		}
		got, truncated, ours, err := readAnswer(buf[:n], id, domain)
		if ours || tcp {
			return got, truncated, err
		}
	}
}

func readMessage(conn net.Conn, tcp bool, buf []byte) (int, error) {
	if !tcp {
		return conn.Read(buf)
	}
	if _, err := io.ReadFull(conn, buf[:2]); err != nil {
		return 0, err
	}
	return io.ReadFull(conn, buf[:binary.BigEndian.Uint16(buf)])
}

func question(domain string) ([]byte, uint16, error) {
	name, err := dnsmessage.NewName(domain + ".")
	if err != nil {
		return nil, 0, err
	}
	var raw [2]byte
	_, _ = rand.Read(raw[:])
	id := binary.BigEndian.Uint16(raw[:])
	m := dnsmessage.Message{
		Header:    dnsmessage.Header{ID: id, RecursionDesired: true},
		Questions: []dnsmessage.Question{{Name: name, Type: dnsmessage.TypeNS, Class: dnsmessage.ClassINET}},
	}
	b, err := m.Pack()
	return b, id, err
}

// readAnswer reads one message. ours is false for one that answers something
// else.
func readAnswer(b []byte, id uint16, domain string) (got Delegation, truncated, ours bool, err error) {
	var p dnsmessage.Parser
	h, err := p.Start(b)
	if err != nil || h.ID != id || !h.Response {
		return NoAnswer, false, false, errors.New("an answer that cannot be read")
	}
	qs, err := p.AllQuestions()
	if err != nil || len(qs) != 1 || !strings.EqualFold(qs[0].Name.String(), domain+".") || qs[0].Type != dnsmessage.TypeNS {
		return NoAnswer, false, false, errors.New("an answer to another question")
	}
	switch {
	case h.Truncated:
		return NoAnswer, true, true, nil
	case h.RCode == dnsmessage.RCodeNameError:
		return NXDomain, false, true, nil
	case h.RCode != dnsmessage.RCodeSuccess:
		return NoAnswer, false, true, fmt.Errorf("it answers %s", strings.TrimPrefix(h.RCode.String(), "RCode"))
	}
	got, err = countNS(&p)
	return got, false, true, err
}

func countNS(p *dnsmessage.Parser) (Delegation, error) {
	for {
		h, err := p.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return NoData, nil
		}
		if err != nil {
			return NoAnswer, errors.New("an answer that cannot be read")
		}
		if h.Type == dnsmessage.TypeNS {
			return Delegated, nil
		}
		if p.SkipAnswer() != nil {
			return NoAnswer, errors.New("an answer that cannot be read")
		}
	}
}
