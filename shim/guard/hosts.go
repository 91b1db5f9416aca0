package guard

import (
	"context"
	"fmt"
	"net/url"
	"strings"
)

// oneHost is the host name that all cleared tarballs share; "" where there are
// several, or none.
func oneHost(c Clearance) string {
	one := ""
	for _, p := range c.Packages() {
		if strings.HasPrefix(p.Tarball, "file:") {
			continue // npm reads it from the disk
		}
		host := hostName(p.Tarball)
		if host == "" || one != "" && host != one {
			return ""
		}
		one = host
	}
	return one
}

func hostName(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// stray says why a document that was not foreseen cannot be served: where npm
// replaces one host alone, it would go past the guard to any other.
func (g *Guard) stray(ctx context.Context, name string) error {
	if g.only == "" || g.clears(name) {
		return nil
	}
	doc, err := g.opts.Source.Packument(ctx, name)
	if err != nil {
		return err
	}
	for version, m := range doc.Versions {
		if hostName(m.Dist.Tarball) != g.only {
			return fmt.Errorf("%s@%s: its tarball is elsewhere than all that was checked", name, version)
		}
	}
	return nil
}
