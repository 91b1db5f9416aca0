// Package spec reads what may stand where npm wants a package: npm's own
// reading (npm-package-arg), without touching the disk.
package spec

import "gpq/resolver/semver"

// Kind says what a spec points at. The zero value is Opaque: what cannot be
// read is never «fine».
type Kind uint8

// What a spec may point at.
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

// String is npm's word for the kind.
func (k Kind) String() string {
	switch k {
	case Version:
		return "version"
	case Range:
		return "range"
	case Tag:
		return "tag"
	case Alias:
		return "alias"
	case Git:
		return "git"
	case Remote:
		return "remote"
	case File:
		return "file"
	case Directory:
		return "directory"
	default:
	}
	return "opaque"
}

// Spec is one package asked for. Name is the name it is installed under: the
// alias where there is one. For an alias Sub is what it stands for.
type Spec struct {
	Raw   string
	Kind  Kind
	Name  string // "" where only fetching tells it
	Range string // version, range or tag, trimmed; "" reads as "*"
	Sub   *Spec  // only of Alias; itself a Version, Range or Tag with a name
	// Where is the URL or absolute path, for Git, Remote, File and Directory;
	// "" for a repository given by shorthand (see Repo.Host), and for a path
	// where the Place has no folder.
	Where string
	Err   string // why it is Opaque
	// RawSpec is what stands after the name, as written.
	RawSpec string
	// SaveSpec is what npm writes into package.json; "" where the version
	// picked decides.
	SaveSpec string
	Repo     *Repo // only of Git
}

// Repo is what a git spec says beside where the repository is.
type Repo struct {
	Committish string // after #, "" for the default branch
	Range      string // of «#semver:RANGE»
	Subdir     string // of «#path:FOLDER», with a leading slash
	Host       *Hosted
}

// Place is where a spec is read: its relative paths start at Dir, an absolute
// folder, and «~/» is Home.
type Place struct {
	Dir, Home string
	// NPM is the major version of the npm that will run; 0 is the newest.
	// npm 10 differs in a few odd names and URLs.
	NPM int
}

func (p Place) before11() bool { return p.NPM > 0 && p.NPM < 11 }

// Registry says that a registry answers for the spec, by name and version.
func (s Spec) Registry() bool {
	return s.Kind == Version || s.Kind == Range || s.Kind == Tag || s.Kind == Alias
}

// Target is what is fetched: the spec itself, or what an alias stands for.
func (s Spec) Target() Spec {
	if s.Kind == Alias && s.Sub != nil {
		return *s.Sub
	}
	return s
}

func opaque(s Spec, why string) Spec {
	return Spec{Raw: s.Raw, Name: s.Name, RawSpec: s.RawSpec, Err: why}
}

// options are how npm reads versions and ranges in specs.
func (p Place) options() semver.Options {
	return semver.Options{Loose: true, Before78: p.before11()}
}
