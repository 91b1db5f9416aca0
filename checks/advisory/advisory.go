// Package advisory asks who lists a version as malicious or vulnerable: OSV
// and the registry's own bulk advisories.
package advisory
