package registrytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// Mode is what kind of registry this is.
type Mode uint8

const (
	// NPM is like registry.npmjs.org: publishers, maintainers, signatures,
	// attestations, true times, keys, advisories.
	NPM Mode = iota
	// Mirror copies documents from elsewhere and has none of these; its times
	// are its own.
	Mirror
)

// entry is one package as it is served.
type entry struct {
	pkg         *Package
	full, short []byte
	etag        string
	modified    time.Time
	tarballs    map[string]*artefact // by file name
	byVersion   map[string]*artefact
	attested    map[string][]byte // by version
	osv         []map[string]any
}

// maker makes documents for one server.
type maker struct {
	now    time.Time
	mode   Mode
	public string // base URL that stands in dist.tarball, with a slash
	ring   *keyring
	sign   func(Attest) ([]byte, error)
	also   []string // fields that abbreviated documents show beside the usual ones
}

// make builds everything that is served of one package.
func (m *maker) make(p *Package) (*entry, error) {
	e := &entry{pkg: p, tarballs: map[string]*artefact{}, byVersion: map[string]*artefact{}, attested: map[string][]byte{}}
	times, err := m.times(p)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	if e.osv, err = m.osv(p); err != nil {
		return nil, fmt.Errorf("%s: %w", p.Name, err)
	}
	var full, short []pair
	for _, v := range p.versions {
		if v.meta["removed"] == true {
			continue
		}
		a, err := p.build(v)
		if err != nil {
			return nil, err
		}
		e.byVersion[v.number] = a
		e.tarballs[p.base()+"-"+v.number+".tgz"] = a
		doc, err := m.version(p, v, a, times[v.number])
		if err != nil {
			return nil, err
		}
		if err := m.attest(e, v, a, times[v.number]); err != nil {
			return nil, err
		}
		full = append(full, pair{v.number, doc})
		short = append(short, pair{v.number, abbreviate(doc, m.also)})
	}
	return e, m.documents(e, full, short, times)
}

// pair keeps versions in the order of the archive.
type pair struct {
	key   string
	value map[string]any
}

// ordered is a JSON object that keeps its order.
type ordered []pair

// MarshalJSON writes the pairs as they stand.
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		text, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		key, err := json.Marshal(p.key)
		if err != nil {
			return nil, err
		}
		b.Write(key)
		b.WriteByte(':')
		b.Write(text)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// documents writes the full and the abbreviated packument.
func (m *maker) documents(e *entry, full, short []pair, times map[string]time.Time) error {
	p := e.pkg
	e.modified = times["modified"]
	doc := map[string]any{"_id": p.Name, "name": p.Name, "dist-tags": p.tags(), "versions": ordered(full),
		"time": m.timeField(p, times), "readme": "", "license": "MIT"}
	if len(full) > 0 {
		newest := full[len(full)-1].value
		for _, k := range []string{"description", "license", "repository", "keywords", "homepage", "bugs"} {
			if v, ok := newest[k]; ok {
				doc[k] = v
			}
		}
	}
	if m.mode == NPM {
		doc["maintainers"] = p.people(p.maintainers())
	}
	merge(doc, p.head.Patch)
	var err error
	if e.full, err = json.Marshal(doc); err != nil {
		return err
	}
	e.short, err = json.Marshal(map[string]any{"name": doc["name"], "dist-tags": doc["dist-tags"],
		"versions": ordered(short), "modified": times["modified"].UTC().Format(stamp)})
	e.etag = fmt.Sprintf("%q", digest(e.full))
	return err
}

func (p *Package) maintainers() []any {
	if p.head.Maintainers != nil {
		return p.head.Maintainers
	}
	return []any{p.base() + "-owner"}
}

// tags are the dist-tags.
func (p *Package) tags() map[string]any {
	latest := ""
	for _, v := range p.versions {
		if v.meta["removed"] == true || strings.Contains(v.number, "-") && latest != "" {
			continue
		}
		if latest == "" || strings.Contains(latest, "-") || higher(v.number, latest) {
			latest = v.number
		}
	}
	tags := map[string]any{}
	if latest != "" {
		tags["latest"] = latest
	}
	merge(tags, p.head.DistTags)
	return tags
}

// version writes one version of the full packument.
func (m *maker) version(p *Package, v *version, a *artefact, at time.Time) (map[string]any, error) {
	id := p.Name + "@" + v.number
	doc := map[string]any{}
	merge(doc, a.manifest)
	asPublished(doc, a)
	doc["_id"], doc["name"], doc["version"] = id, p.Name, v.number
	doc["gitHead"] = digest([]byte(id))[:40]
	doc["_npmVersion"], doc["_nodeVersion"] = "11.6.0", "24.0.0"
	doc["_hasShrinkwrap"] = v.files["npm-shrinkwrap.json"] != nil
	dist := map[string]any{"integrity": a.integrity, "shasum": a.shasum, "fileCount": a.fileCount,
		"unpackedSize": a.unpackedSize, "tarball": m.tarball(p, v)}
	doc["dist"] = dist
	if m.mode == NPM {
		doc["_npmOperationalInternal"] = map[string]any{"host": "s3://npm-registry-packages-npm-production",
			"tmp": fmt.Sprintf("tmp/%s_%s_%d_0.1", p.base(), v.number, at.UnixMilli())}
		m.people(p, v, doc)
		sigs, err := m.ring.signatures(v.meta["signed"], id, a.integrity)
		if err != nil {
			return nil, err
		}
		if sigs != nil {
			dist["signatures"] = sigs
		}
		if how := v.meta["attestations"]; how != nil && how != false {
			dist["attestations"] = map[string]any{"url": m.public + "-/npm/v1/attestations/" + escape(p.Name) + "@" + v.number,
				"provenance": map[string]any{"predicateType": "https://slsa.dev/provenance/v1"}}
		}
	}
	if patch, ok := v.meta["patch"].(map[string]any); ok {
		merge(doc, patch)
	}
	return doc, nil
}

// asPublished is what npm adds to package.json when it publishes.
func asPublished(doc map[string]any, a *artefact) {
	if bin, ok := doc["bin"].(string); ok {
		name, _ := doc["name"].(string)
		doc["bin"] = map[string]any{name[strings.LastIndex(name, "/")+1:]: bin}
	}
	if a.files["binding.gyp"] == nil || doc["gypfile"] == false {
		return
	}
	scripts, _ := doc["scripts"].(map[string]any)
	if scripts["install"] != nil || scripts["preinstall"] != nil {
		return
	}
	merge(doc, map[string]any{"gypfile": true, "scripts": map[string]any{"install": "node-gyp rebuild"}})
}

// people says who published a version, and who maintained it then.
func (m *maker) people(p *Package, v *version, doc map[string]any) {
	maintainers := p.maintainers()
	if own, ok := v.meta["maintainers"].([]any); ok {
		maintainers = own
	}
	doc["maintainers"] = p.people(maintainers)
	user, said := v.meta["publisher"]
	if !said {
		if user = p.head.Publisher; user == nil && len(maintainers) > 0 {
			user = maintainers[0]
		}
	}
	if user == nil {
		return
	}
	who := p.person(user)
	if config := v.meta["trusted"]; config != nil && config != false {
		if config == true {
			config = "oidc:" + digest([]byte(p.Name))[:8] + "-0a97-49bd-9a15-5d0b718e645a"
		}
		who = map[string]any{"name": "GitHub Actions", "email": "npm-oidc-no-reply@github.com",
			"trustedPublisher": map[string]any{"id": "github", "oidcConfigId": config}}
	}
	if approver := v.meta["approver"]; approver != nil {
		who["approver"] = p.person(approver)
	}
	doc["_npmUser"] = who
}

// tarball is the URL that stands in dist.tarball.
func (m *maker) tarball(p *Package, v *version) string {
	own, _ := v.meta["tarball"].(string)
	if own == "" {
		own = p.Name + "/-/" + p.base() + "-" + v.number + ".tgz"
	}
	if u, err := url.Parse(own); err == nil && u.IsAbs() {
		return own
	}
	return m.public + strings.TrimPrefix(own, "/")
}

// escape writes a scoped name as npm does in a path.
func escape(name string) string { return strings.ReplaceAll(name, "/", "%2f") }
