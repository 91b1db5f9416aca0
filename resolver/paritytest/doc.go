// Package paritytest holds gpq's tree against the real npm's: the same paths
// below node_modules, with the same packages at the same versions.
//
// Single features are cases in testdata/cases, tried with every npm there is;
// GPQ_CASE names one. Generated worlds are registries and projects made of a
// seed: plain ones, and rich ones that have everything a project may have. The
// tests here need npm, and skip loudly without it; with GPQ_REQUIRE_NPM=1 they
// fail instead. GPQ_EXTRA_NPMS names the folders of further npms. A plain run
// has a few of everything; these have all:
//
//	GPQ_WORLDS=2000 go test ./resolver/paritytest -run 'Worlds|Projects|Ends' -v -timeout 5h
//	GPQ_EXEC=all GPQ_LAID=all GPQ_ODD=all go test ./resolver/paritytest -run 'Exec|Laid|Odd' -v -timeout 60m
//
// With GPQ_SHRINK=FOLDER what differs in a rich world is written there as a case,
// made as small as it gets.
//
// Those that ask the real registry run only by hand:
//
//	GPQ_PARITY_LIVE=all go test ./resolver/paritytest -run Live -v -timeout 60m
//	GPQ_PARITY_LIVE='express;next react' go test ./resolver/paritytest -run Live -v
//	GPQ_PARITY_STARTERS=all GPQ_PARITY_BEFORE=2025-06-01 go test ./resolver/paritytest -run LiveStarters -v -timeout 90m
package paritytest
