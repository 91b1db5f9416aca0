package argv

import (
	"fmt"
	"strings"
)

// FromEnv reads gpq's variables of an environment given as KEY=VALUE; the last of several counts. Errors are of type
// *UsageError.
func FromEnv(env []string) (Own, error) {
	get := map[string]string{}
	for _, kv := range env {
		if key, value, ok := strings.Cut(kv, "="); ok && strings.HasPrefix(key, "GPQ_") {
			get[key] = value
		}
	}
	o := Own{
		Policy: get["GPQ_POLICY"], TrustedRoot: get["GPQ_TRUSTED_ROOT"], RegistryKeys: get["GPQ_REGISTRY_KEYS"],
		NPM: get["GPQ_NPM"], NPX: get["GPQ_NPX"], CacheDir: get["GPQ_CACHE_DIR"], ConfigDir: get["GPQ_CONFIG_DIR"],
		OSV: service(get, "GPQ_OSV_URL"), Downloads: service(get, "GPQ_DOWNLOADS_URL"),
		RDAP: service(get, "GPQ_RDAP_URL"), DNS: service(get, "GPQ_DNS_SERVER"),
	}
	for key, to := range map[string]*bool{"GPQ_STRICT": &o.Strict, "GPQ_NO_GUARD": &o.NoGuard, "GPQ_OFF": &o.Off} {
		on, err := onOff(key, get[key])
		if err != nil {
			return Own{}, err
		}
		*to = on
	}
	for _, r := range strings.Split(get["GPQ_REPORT"], ",") {
		if r = strings.TrimSpace(r); r == "" {
			continue
		}
		if err := o.addReport(r); err != nil {
			return Own{}, fmt.Errorf("GPQ_REPORT: %w", err)
		}
	}
	return o, nil
}

func service(get map[string]string, key string) Service {
	url, given := get[key]
	return Service{given, url}
}

func onOff(key, v string) (bool, error) {
	switch strings.ToLower(v) {
	case "1", "true", "yes", "on":
		return true, nil
	case "", "0", "false", "no", "off":
		return false, nil
	}
	return false, &UsageError{Problem: fmt.Sprintf("%s=%q is neither on nor off", key, v), Hint: "write 1 or 0"}
}

// Over lays flags (o) over the environment: a switch that either turns on is on, reports add up, a file of the flags wins.
func (o Own) Over(env Own) Own {
	out := env
	out.Strict = o.Strict || env.Strict
	out.NoGuard = o.NoGuard || env.NoGuard
	for _, r := range o.Reports {
		out.Reports = appendReport(out.Reports, r)
	}
	for _, f := range []struct {
		to   *string
		from string
	}{{&out.Policy, o.Policy}, {&out.TrustedRoot, o.TrustedRoot}, {&out.RegistryKeys, o.RegistryKeys}} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	return out
}

func appendReport(list []Report, r Report) []Report {
	for _, have := range list {
		if have == r {
			return list
		}
	}
	return append(list[:len(list):len(list)], r)
}
