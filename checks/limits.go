package checks

import "time"

// Limits are the thresholds of the policy in force. The zero value is not
// usable: take DefaultLimits.
type Limits struct {
	// Young: a version under this age is young: danger. Default 14 days.
	Young time.Duration
	// Recent: under this age what was danger is a warning, above a note.
	// Default 90 days.
	Recent time.Duration
	// CoolingOff is the age a version must have (check version-age). Default
	// 24 hours; zero switches the check off.
	CoolingOff time.Duration
	// Dormant is the silence after which a release is a waking. Default 365
	// days.
	Dormant time.Duration
	// Burst is the span within which several releases are one burst. Default
	// one hour.
	Burst time.Duration
	// PlanBurst is how many packages of one publisher within Burst make one.
	// Default 4.
	PlanBurst int
	// SizeFactor and SizeGrowth (bytes) make a size jump together. Default 3
	// and 500 kB.
	SizeFactor float64
	SizeGrowth int64
	// DepAge: a new dependency younger than this is danger. Default 7 days.
	DepAge time.Duration
	// DepDownloads: a new dependency with fewer weekly downloads is danger.
	// Default 100.
	DepDownloads int64
	// NameDownloads: a package asked for by hand with fewer weekly downloads
	// is a warning. Default 100.
	NameDownloads int64
}

// DefaultLimits are the limits where no policy says otherwise.
func DefaultLimits() Limits {
	const day = 24 * time.Hour
	return Limits{
		Young: 14 * day, Recent: 90 * day, CoolingOff: day,
		Dormant: 365 * day, Burst: time.Hour, PlanBurst: 4,
		SizeFactor: 3, SizeGrowth: 500_000,
		DepAge: 7 * day, DepDownloads: 100, NameDownloads: 100,
	}
}

// ByAge is «danger while young, then warning, then note».
func (l Limits) ByAge(age time.Duration) Severity {
	switch {
	case age < l.Young:
		return Danger
	case age < l.Recent:
		return Warning
	default:
		return Note
	}
}

// WhileYoung gives sev under the age of Young, and Note after.
func (l Limits) WhileYoung(age time.Duration, sev Severity) Severity {
	if age < l.Young {
		return sev
	}
	return Note
}
