package registry

import "time"

// Packument is what a registry says about all versions of one package: the
// full document, decoded into only the fields that gpq reads. Everything in
// it is said, not proved, and may be hostile.
//
// A Packument is shared between goroutines and never changed after decoding.
type Packument struct {
	Name     string
	Registry string // base URL it came from, with a trailing slash
	DistTags map[string]string
	Versions map[string]*Manifest // by version as written in the document
	// Order has the keys of Versions as the document has them; it is not the
	// order of publication.
	Order []string
	// Time has the publish times by version, for removed versions too. Entries
	// that are no time are left out; Untimed has their keys: npm never takes
	// such a version for old enough, whatever the age asked for.
	Time    map[string]time.Time
	Untimed map[string]bool // nil as a rule
	// Modified and Created are time.modified and time.created; zero if absent.
	Modified, Created time.Time
	// Unpublished is time.unpublished: when the whole package was taken down.
	Unpublished time.Time
	Maintainers []Person
	Repository  Repository
	// Staged and Restricted are the keys of stagedVersions and
	// policyRestrictions.versions, which npm-pick-manifest reads.
	Staged     map[string]*Manifest
	Restricted map[string]*Manifest

	weight int // bytes of memory that all this takes, about
}

// Manifest is one version of a package, as its packument has it.
type Manifest struct {
	Name, Version        string
	Dependencies         Deps
	OptionalDependencies Deps
	PeerDependencies     Deps
	// Rare is nil in most versions: read it through More.
	*Rare
	Engines Deps
	Bin     Deps // command → path; the string form is spread to the package's own name
	// Scripts has only those that npm runs, or could run, at install:
	// preinstall, install, postinstall, prepare, preprepare, postprepare,
	// prepublish.
	Scripts          Deps
	HasInstallScript bool // as the registry says in abbreviated documents
	Gypfile          *bool
	HasShrinkwrap    bool
	// Deprecated is the message; npm takes the empty string for «not
	// deprecated», and so do we. A non-string true reads "true".
	Deprecated     string
	License        string
	Repository     Repository
	Dist           Dist
	NpmUser        *Publisher
	Maintainers    []Person // at publish time; shared between versions where equal
	TmpPublishedMS int64    // epoch ms out of _npmOperationalInternal.tmp; 0 if absent
}

// Rare is what few manifests have. A large tree has some hundred thousand
// manifests in memory: in each of them it would be a quarter of it.
type Rare struct {
	// PeerOptional has the names that peerDependenciesMeta marks optional.
	PeerOptional []string
	// Bundle has the names of bundleDependencies; BundleAll is the form
	// «bundleDependencies: true».
	Bundle    []string
	BundleAll bool
	// OS, CPU and Libc are as written, «!win32» included; nil where absent.
	OS, CPU, Libc []string
	AcceptDeps    Deps // acceptDependencies
}

// More is what few manifests have, empty where this one has none of it.
func (m *Manifest) More() Rare {
	if m == nil || m.Rare == nil {
		return Rare{}
	}
	return *m.Rare
}

// Dep is one name with what the document gives for it.
type Dep struct{ Name, Value string }

// Deps are name-value pairs in the order of the document. Slices are shared
// between versions that have equal ones: never change them.
type Deps []Dep

// Get gives the value under name.
func (d Deps) Get(name string) (string, bool) {
	for _, e := range d {
		if e.Name == name {
			return e.Value, true
		}
	}
	return "", false
}

// Person is a maintainer or publisher as the registry names them.
type Person struct{ Name, Email string }

// Publisher is _npmUser: who published a version.
type Publisher struct {
	Person
	// TrustedPublisher is set where a CI published through OIDC.
	TrustedPublisher *TrustedPublisher
	// Approver is the person who approved a staged publish with 2FA.
	Approver *Person
}

// TrustedPublisher is _npmUser.trustedPublisher. OIDCConfigID is the identity:
// all trusted publishers share one account name.
type TrustedPublisher struct{ ID, OIDCConfigID string }

// Repository is the repository field; Directory is where in it.
type Repository struct{ Type, URL, Directory string }

// Dist is what a version's tarball is, and who is said to vouch for it.
type Dist struct {
	Tarball      string
	Integrity    string // as written, one or more SRI entries
	Shasum       string // hex SHA-1
	FileCount    int64
	UnpackedSize int64 // bytes; 0 if absent
	Signatures   []Signature
	// Attestations is nil where the field is absent or empty.
	Attestations *Attestations
}

// Signature is one registry signature over «name@version:integrity».
type Signature struct{ KeyID, Sig string }

// Attestations is dist.attestations: where the bundles are, and which
// predicate the packument claims for the provenance.
type Attestations struct {
	URL           string
	Provenance    bool
	PredicateType string
}
