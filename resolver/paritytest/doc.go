// Package paritytest holds gpq's tree against the real npm's: the same paths
// below node_modules, with the same packages at the same versions.
//
// Single features are cases in testdata/cases, tried with every npm there is;
// GPQ_CASE names one. The tests here need npm, and skip loudly without it; with
// GPQ_REQUIRE_NPM=1
// they fail instead. Those that ask the real registry run only by hand:
//
//	GPQ_PARITY_LIVE=all go test ./resolver/paritytest -run Live -v -timeout 60m
//	GPQ_PARITY_LIVE='express;next react' go test ./resolver/paritytest -run Live -v
//	GPQ_PARITY_STARTERS=all GPQ_PARITY_BEFORE=2025-06-01 go test ./resolver/paritytest -run LiveStarters -v -timeout 90m
//
// GPQ_EXEC=all, GPQ_LAID=all and GPQ_ODD=all try all cases of npm exec, of what
// npm has laid down, and of odd types; a plain run has a few. And GPQ_WORLDS=2000 compares that many generated worlds with each npm.
package paritytest
