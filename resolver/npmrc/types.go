package npmrc

import "strings"

// settingTypes are npm's settings by type, of npm 8 to 12. A word in quotes is
// itself allowed.
const settingTypes = `
null|String: _auth cert cpu key libc name node-options os otp password token-description script-shell
null|"restricted"|"public"|"private": access
Boolean: all allow-same-version audit bin-links bypass-2fa commit-hooks dangerously-allow-all-scripts description dev
Boolean: diff-ignore-all-space diff-name-only diff-no-prefix diff-text dry-run engine-strict force foreground-scripts
Boolean: format-package-lock fund git-tag-version global global-style if-present ignore-scripts include-staged
Boolean: include-workspace-root include-attestations init-private install-links json legacy-bundling legacy-peer-deps
Boolean: link long offline omit-lockfile-registry-resolved package-lock package-lock-only parseable
Boolean: allow-scripts-pending allow-scripts-pin prefer-dedupe prefer-offline prefer-online progress provenance read-only
Boolean: rebuild-bundle save save-bundle save-dev save-exact save-optional save-peer save-prod packages-all shrinkwrap
Boolean: sign-git-commit sign-git-tag strict-peer-deps strict-allow-scripts strict-ssl timing unicode update-notifier
Boolean: usage version versions workspaces-update allow-unused-patches ignore-patch-failures ignore-extension keep-edit-dir
Boolean: strict-npmrc ignore-existing
"all"|"none"|"root": allow-directory allow-file allow-git allow-remote
String|Array: allow-scripts diff noproxy package workspace min-release-age-exclude
null|"dev"|"development": also
null|"info"|"low"|"moderate"|"high"|"critical"|"none": audit-level
"legacy"|"web": auth-type
null|Date: before
null|Boolean|String: browser
null|String|Array: ca cidr orgs packages scopes
path: cache cafile globalconfig init-module init.module node-gyp prefix provenance-file userconfig
Number: cache-max cache-min diff-unified fetch-retries fetch-retry-factor fetch-retry-maxtimeout fetch-retry-mintimeout
Number: fetch-timeout logs-max maxsockets searchlimit searchstaleness
String: call diff-dst-prefix diff-src-prefix editor git heading init-author-email init-author-name init-license init-type
String: init.author.email init.author.name init.license message pack-destination preid save-prefix scope searchexclude
String: searchopts shell tag tag-version-prefix user-agent viewer replace-registry-host
"always"|Boolean: color
null|Number: depth expect-result-count expires min-release-age which
null|Boolean: expect-results optional production workspaces yes
null|url: https-proxy
Array|"prod"|"dev"|"optional"|"peer": include
Array|"dev"|"optional"|"peer": omit
url: registry
null|false|url: proxy
"hoisted"|"nested"|"shallow"|"linked": install-strategy
"global"|"user"|"project": location
null|"1"|"2"|"3": lockfile-version
"silent"|"error"|"warn"|"notice"|"http"|"info"|"verbose"|"silly": loglevel
null|path: logs-dir
null|"prod"|"production": only
`

// types reads the table.
func types() map[string]setting {
	all := map[string]setting{}
	for _, line := range strings.Split(strings.TrimSpace(settingTypes), "\n") {
		kinds, keys, _ := strings.Cut(line, ": ")
		s := settingOf(kinds)
		for _, key := range strings.Fields(keys) {
			all[key] = s
		}
	}
	return all
}

func settingOf(kinds string) (s setting) {
	for _, k := range strings.Split(kinds, "|") {
		switch k {
		case "String":
			s.str = true
		case "Boolean":
			s.boolean = true
		case "Number":
			s.number = true
		case "Date":
			s.date = true
		case "path":
			s.path = true
		case "url":
			s.url = true
		case "Array":
			s.array = true
		case "null":
			s.null = true
		case "false":
			s.nope = true
		default:
			s.words = append(s.words, strings.Trim(k, `"`))
		}
	}
	return s
}
