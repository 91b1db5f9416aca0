// Package registrytest is an npm registry on loopback, fed from one text
// archive (golang.org/x/tools/txtar) per package, with real tarballs, true
// digests, true signatures, and faults on demand.
//
// # The archive
//
// The text before the first section is the story in words. The sections:
//
//	-- packument --         YAML, about the package; only name is required
//	-- 1.2.3/meta --        YAML, about one version; the same as versions: {1.2.3: …}
//	-- 1.2.3/package.json -- the package.json in the tarball, word for word
//	-- 1.2.3/lib/a.js --    a file in that version's tarball
//	-- */lib/a.js --        a file in every version's tarball
//	-- want --              what the checks must answer; not read here
//
// Everything left out is that of an ordinary, healthy package: two versions
// published by a maintainer whose address is at example.com, signed by the
// registry, MIT, with a repository, the newest 120 days old.
//
//	-- packument --
//	name: left
//	versions:
//	  1.0.0:
//	  1.1.0: {time: -2h, dependencies: {right: ^1.0.0}, scripts: {postinstall: node x.js}}
//
// Fields of the packument section:
//
//	name          the package's name
//	maintainers   [ann, {name: bob, email: bob@example.org}]; default [name-owner]
//	publisher     who publishes every version that does not say; default the first maintainer
//	versions      in order of publication: what follows, by version; null is the default
//	manifest      fields of every version's package.json
//	dist-tags     default: latest is the highest version without a prerelease part
//	created, modified, unpublished   times
//	time          more entries for time, of versions that were removed, say
//	patch         merged into the full packument last of all (RFC 7396: null deletes)
//	downloads     a week, for /downloads/point/last-week/NAME
//	advisories    answers of /-/npm/v1/security/advisories/bulk, as a list of
//	              objects; a list «versions» in one says which it is for
//	osv           OSV records, for /v1/querybatch and /v1/vulns/ID: an id (MAL-…, GHSA-…)
//	              and, where it is not for all, a list «versions»; the rest is filled in
//
// Fields of a version; whatever has another name belongs into package.json:
//
//	time          2024-05-06T07:08:09Z, or before the server's clock: -3d, -2h30m, -15m;
//	              default: 120 days ago for the last, 60 days between two
//	publisher     ann, or {name, email, trustedPublisher: {id, oidcConfigId}, approver}, or null for none
//	trusted       true, or an oidcConfigId: published by GitHub Actions through OIDC
//	approver      who approved a staged publish
//	maintainers   at that time; default the package's
//	signed        true (default), false, bad, foreign (unknown key), expired (a key that had expired)
//	attestations  true or a mapping: the packument claims attestations; given to Options.Sign
//	removed       true: stands in time alone
//	pad           {big.js: 3600000}: files of that many bytes
//	tarball       a path or URL to stand in dist.tarball
//	patch         merged into this version of the packument last of all, so that it may lie
package registrytest
