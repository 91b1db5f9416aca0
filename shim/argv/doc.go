// Package argv reads npm's command line as npm itself reads it: the same flags, abbreviations, shorthands, values and
// command names, from a table that is generated from npm's own definitions. It decides which command lines may fetch or
// run package code; whatever it cannot tell, may.
//
// It also takes gpq's own flags out of a command line ([Split]) and reads gpq's environment ([FromEnv]).
package argv

//go:generate sh -c "node generate.js > table.go.new && gofmt table.go.new > table.go && rm table.go.new"
