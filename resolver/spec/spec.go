// Package spec reads what may stand where npm wants a package: npm's own
// reading (npm-package-arg), without touching the disk.
package spec

// Kind says what a spec points at. The zero value is Opaque: what cannot be
// read is never «fine».
type Kind uint8

const (
	Opaque    Kind = iota // cannot be read; never resolved, always reported
	Version               // an exact version
	Range                 // a semver range
	Tag                   // a dist-tag
	Alias                 // npm:NAME@SPEC: Sub has the rest
	Git                   // a git repository, also by host shorthand
	Remote                // a tarball by URL
	File                  // a tarball on disk
	Directory             // a folder on disk
)

// Spec is one package asked for. Name is the name it is installed under: the
// alias where there is one. For an alias Sub is what it stands for.
type Spec struct {
	Raw   string
	Kind  Kind
	Name  string // "" where only fetching tells it
	Range string // version, range or tag; "" reads as "*"
	Sub   *Spec  // only of Alias
	Where string // URL or path, for Git, Remote, File and Directory
	Err   string // why it is Opaque
}
