//go:build race

package names_test

const race = true
