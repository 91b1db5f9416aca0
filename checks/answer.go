package checks

import "fmt"

// The four ways to answer. Every check ends in one of them; the format is
// fmt's, and foreign text needs no escaping here.

func clearf(format string, args ...any) (Finding, error) {
	return Finding{Outcome: Clear, Message: fmt.Sprintf(format, args...)}, nil
}

func skippedf(format string, args ...any) (Finding, error) {
	return Finding{Outcome: Skipped, Message: fmt.Sprintf(format, args...)}, nil
}

func unknownf(format string, args ...any) (Finding, error) {
	return Finding{Outcome: Unknown, Message: fmt.Sprintf(format, args...)}, nil
}

func flag(sev Severity, format string, args ...any) Finding {
	return Finding{Outcome: Flagged, Severity: sev, Message: fmt.Sprintf(format, args...)}
}

// said is evidence that a registry document claims.
func said(fact, value string) Evidence {
	return Evidence{Fact: fact, Value: value, Source: "packument"}
}

// inTarball is evidence read from the package's own files.
func inTarball(fact, value string) Evidence {
	return Evidence{Fact: fact, Value: value, Source: "tarball"}
}

func (f Finding) with(e ...Evidence) Finding {
	f.Evidence = append(f.Evidence, e...)
	return f
}

func (f Finding) signal(s ...Signal) Finding {
	f.Signals = append(f.Signals, s...)
	return f
}
