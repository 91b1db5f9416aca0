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
