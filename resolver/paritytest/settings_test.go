package paritytest

import (
	"encoding/json"
	"strings"
	"time"

	"gpq/resolver/pick"
	"gpq/resolver/tree"
)

// scene is one command in a project: what Arborist is given, which is also
// what gpq is given, translated.
type scene struct {
	name    string
	options map[string]any // of new Arborist
	build   map[string]any // of buildIdealTree
}

// with is the scene with another option.
func (s scene) with(key string, v any) scene {
	s.options = with(s.options, key, v)
	return s
}

// asked are the words of both, as the translation reads them.
type asked struct {
	LegacyPeerDeps, StrictPeerDeps, Force, PreferDedupe, InstallLinks, EngineStrict, Global bool
	IncludeWorkspaceRoot                                                                    bool
	Save, PackageLock, Prune, WorkspacesEnabled                                             *bool
	InstallStrategy, Before, OS, CPU, Libc                                                  string
	AllowGit, AllowRemote, AllowFile, AllowDirectory                                        string
	Omit, Workspaces, MinReleaseAgeExclude                                                  []string
	// of the build
	Add, Rm            []string
	SaveType           string
	SaveBundle, Pruned bool
	Complete           bool
	Update             json.RawMessage
}

func (s scene) ours(o *tree.Options) {
	var a asked
	for _, m := range []map[string]any{s.options, s.build} {
		if err := json.Unmarshal([]byte(text(m)), &a); err != nil {
			panic(err)
		}
	}
	o.LegacyPeerDeps, o.StrictPeerDeps, o.Force, o.PreferDedupe = a.LegacyPeerDeps, a.StrictPeerDeps, a.Force, a.PreferDedupe
	o.NoWorkspaces = is(a.WorkspacesEnabled, false)
	o.InstallLinks, o.EngineStrict, o.Global = a.InstallLinks, a.EngineStrict, a.Global
	o.NoSave, o.NoLock, o.NoPrune = is(a.Save, false), is(a.PackageLock, false), is(a.Prune, false)
	o.InstallStrategy, o.Omit, o.Workspaces, o.IncludeWorkspaceRoot = a.InstallStrategy, a.Omit, a.Workspaces, a.IncludeWorkspaceRoot
	o.AllowGit, o.AllowRemote, o.AllowFile, o.AllowDirectory = a.AllowGit, a.AllowRemote, a.AllowFile, a.AllowDirectory
	o.Add, o.Rm, o.SaveKind, o.SaveBundle, o.Prune, o.Complete = a.Add, a.Rm, a.SaveType, a.SaveBundle, a.Pruned, a.Complete
	o.HostOS, o.HostCPU, o.HostLibc = o.OS, o.CPU, o.Libc
	for to, from := range map[*string]string{&o.OS: a.OS, &o.CPU: a.CPU, &o.Libc: a.Libc} {
		if from != "" {
			*to = from
		}
	}
	if a.Before != "" {
		t, err := time.Parse(time.RFC3339, a.Before)
		if err != nil {
			panic(err)
		}
		o.Before = t
		if !strings.HasPrefix(o.NPM, "10.") {
			o.BeforeExclude = func(name string) bool { return pick.AgeExcluded(name, a.MinReleaseAgeExclude) }
		}
	}
	o.UpdateAll, o.Update = updates(a.Update)
}

func is(b *bool, v bool) bool { return b != nil && *b == v }

func contains(list []string, s string) bool {
	for _, e := range list {
		if e == s {
			return true
		}
	}
	return false
}

// updates reads buildIdealTree's «update» in its three forms.
func updates(raw json.RawMessage) (all bool, names []string) {
	if len(raw) == 0 || json.Unmarshal(raw, &all) == nil || json.Unmarshal(raw, &names) == nil {
		return all, names
	}
	var o struct {
		All   bool
		Names []string
	}
	if err := json.Unmarshal(raw, &o); err != nil {
		panic(err)
	}
	return o.All, o.Names
}
