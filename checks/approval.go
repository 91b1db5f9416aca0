package checks

import "time"

// Approval accepts findings about one artefact.
type Approval struct {
	Name, Version string
	Integrity     string // the artefact's, as the plan had it
	Checks        []ID   // never empty
	Reason        string
	Expires       time.Time // zero is already over: every approval ends
	Digest        string    // of the findings accepted: see FindingsDigest
	Source        string    // the file it stands in
}

// Baseline is what was there when gpq was adopted: exempt, and listed.
type Baseline struct {
	At       time.Time
	Packages map[string]string // name@version → integrity
}
