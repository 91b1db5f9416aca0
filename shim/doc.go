// Package shim stands where npm stands: it finds the real npm and npx behind gpq, becomes them or runs them as a child
// that behaves like npm itself, and knows their versions.
//
// The command line is read by shim/argv, shells are set up by shim/shell.
package shim
