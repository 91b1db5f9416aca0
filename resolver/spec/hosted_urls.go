package spec

import "strings"

// SSH is «git@host:user/project.git», which npm compares repositories by.
func (h *Hosted) SSH(committish bool) string {
	return "git@" + h.domain + ":" + h.path() + ".git" + h.fragment(committish)
}

// SSHURL is «git+ssh://git@host/user/project.git».
func (h *Hosted) SSHURL(committish bool) string {
	return "git+ssh://git@" + h.domain + "/" + h.path() + ".git" + h.fragment(committish)
}

// HTTPS is «git+https://host/user/project.git», with the credentials of the
// spec where it has any.
func (h *Hosted) HTTPS(committish bool) string {
	auth := ""
	if h.Auth != "" && h.Type != "gist" && h.Type != "sourcehut" {
		auth = h.Auth + "@"
	}
	if h.Type == "sourcehut" {
		end := ""
		if h.old {
			end = ".git"
		}
		return "https://" + h.domain + "/" + h.path() + end + h.fragment(committish)
	}
	return "git+https://" + auth + h.domain + "/" + h.path() + ".git" + h.fragment(committish)
}

func (h *Hosted) git(committish bool) string {
	auth := ""
	if h.Auth != "" && h.Type == "github" {
		auth = h.Auth + "@"
	}
	return "git://" + auth + h.domain + "/" + h.path() + ".git" + h.fragment(committish)
}

// Shortcut is «github:user/project».
func (h *Hosted) Shortcut(committish bool) string {
	return h.Type + ":" + h.path() + h.fragment(committish)
}

func (h *Hosted) path() string {
	switch {
	case h.Type == "gist":
		return h.Project
	case h.User == "":
		return "null/" + h.Project // what npm writes for a missing user
	}
	return h.User + "/" + h.Project
}

func (h *Hosted) fragment(committish bool) string {
	if !committish || h.Committish == "" {
		return ""
	}
	return "#" + h.Committish
}

// text is the repository in the form it was given in.
func (h *Hosted) text(committish bool) string {
	switch h.Default {
	case "shortcut":
		return h.Shortcut(committish)
	case "https":
		return h.HTTPS(committish)
	case "git":
		return h.git(committish)
	}
	return h.SSHURL(committish)
}

// Tarball is where the host gives the tree of a commit as a tarball; npm tries
// it before it runs git. commit "" is HEAD.
func (h *Hosted) Tarball(commit string) string {
	if commit == "" {
		commit = "HEAD"
	}
	commit = encodeComponent(commit)
	switch h.Type {
	case "github":
		return "https://codeload." + h.domain + "/" + h.path() + "/tar.gz/" + commit
	case "bitbucket":
		return "https://" + h.domain + "/" + h.path() + "/get/" + commit + ".tar.gz"
	case "gitlab":
		if h.old {
			return "https://" + h.domain + "/" + h.path() + "/repository/archive.tar.gz?ref=" + commit
		}
		return "https://" + h.domain + "/api/v4/projects/" + encodeComponent(h.path()) + "/repository/archive.tar.gz?sha=" + commit
	case "gist":
		return "https://codeload.github.com/gist/" + h.Project + "/tar.gz/" + commit
	}
	return "https://" + h.domain + "/" + h.path() + "/archive/" + commit + ".tar.gz"
}

func stripGitPlus(s string) string { return strings.TrimPrefix(s, "git+") }
