package pick

import "gpq/resolver/registry"

// EngineOK says whether engines.node and engines.npm hold the versions that
// will run. An empty version is not asked about. satisfies tests a range
// strictly, prereleases included.
func EngineOK(engines registry.Deps, node, npm string, satisfies func(version, rng string) bool) bool {
	for _, e := range [2][2]string{{"node", node}, {"npm", npm}} {
		if rng, _ := engines.Get(e[0]); rng != "" && e[1] != "" && !satisfies(e[1], rng) {
			return false
		}
	}
	return true
}

// Machine is what os, cpu and libc are compared with, in node's words: linux,
// x64, glibc. Libc is "" where there is none to name.
type Machine struct{ OS, CPU, Libc string }

// Fits says whether a package with these lists runs on the machine. A nil list
// asks for nothing; a libc list, even an empty one, asks for some libc.
func (m Machine) Fits(os, cpu, libc []string) bool {
	return (os == nil || listed(m.OS, os)) && (cpu == nil || listed(m.CPU, cpu)) &&
		(libc == nil || m.Libc != "" && listed(m.Libc, libc))
}

// listed is npm's reading: «any» alone is everything; else none of the negated
// and, where there are others, one of them.
func listed(value string, list []string) bool {
	if len(list) == 1 && list[0] == "any" {
		return true
	}
	negated, match := 0, false
	for _, e := range list {
		if len(e) == 0 || e[0] != '!' {
			match = match || e == value
			continue
		}
		if negated++; e[1:] == value {
			return false
		}
	}
	return match || negated == len(list)
}
