package checks

// Signal is one change that is innocent alone: «new install script», «young».
// A check reports it beside its finding, also where the finding is mild or
// clear; the table in combine.go says which signals join to what.
type Signal string

// The signals that checks report. Those of provenance and of the world outside
// stand with their checks' files; a signal without a row in the table has no
// effect.
const (
	// Young is reported by the Runner itself: the version is younger than
	// Limits.Young, or has no publish time.
	Young Signal = "young"

	LineDowngrade  Signal = "proves less than its own release line did"
	CrossDowngrade Signal = "proves less than another release line did"

	PublisherUnknown  Signal = "publisher who was never a maintainer"
	PublisherNew      Signal = "new maintainer's release"
	PublisherFirst    Signal = "first release by this maintainer"
	PublisherReturned Signal = "publisher who had been removed"
	TrustLost         Signal = "published by an account instead of the CI"
	CrossTrustLost    Signal = "published by an account where another line uses the CI"
	IdentityChanged   Signal = "another trusted publisher"
	AddressChanged    Signal = "publisher's address changed"

	MaintainersReplaced Signal = "all maintainers replaced"
	MaintainersAdded    Signal = "maintainer added"

	Woke Signal = "released after a long silence"

	Burst     Signal = "several releases within an hour"
	PlanBurst Signal = "many packages of one publisher at once"

	ScriptNew Signal = "new install script"
	NativeNew Signal = "starts to compile at install"

	DepNew    Signal = "new dependency"
	DepYoung  Signal = "new dependency that is young"
	DepRare   Signal = "new dependency that is rare"
	DepFresh  Signal = "new dependency that was young when taken in"
	DepExotic Signal = "new dependency from outside a registry"

	SizeJump Signal = "size jump"
	BinNew   Signal = "new command"

	SourceMoved     Signal = "another source"
	FirstProvenance Signal = "first provenance"
)
