package resolver

import (
	"context"
	"errors"
	"slices"
	"strings"

	"gpq/resolver/registry"
	"gpq/resolver/tree"
)

// rebuild adds what npm rebuild goes by: not a tree that npm would build, but
// what lies in node_modules, whoever has put it there. Each folder for which
// npm would run something is held to a package of the plan, or becomes one.
func (r *Resolver) rebuild(ctx context.Context, q Request, p *Plan) error {
	p.Failure = nil                                    // npm builds no tree here, and would run what lies there
	own, _ := tree.WorkspaceFolders(q.Dir, q.Cwd, nil) // where npm cannot tell, it stops
	b := &rebuilt{r: r, ctx: ctx, p: p, docs: map[string]*registry.Packument{}, laid: tree.Laid(q.Dir, own)}
	for _, f := range b.laid.Runs {
		p.Unresolved = append(p.Unresolved, saysWhatToRun(f, "node_modules/.package-lock.json"))
	}
	for _, f := range b.laid.Folders {
		if err := b.folder(f); err != nil {
			return err
		}
	}
	return nil
}

// saysWhatToRun: npm writes no scripts into a lockfile, and runs what stands
// there, whatever the package itself says.
func saysWhatToRun(f tree.Fault, file string) Unresolved {
	return Unresolved{Spec: f.Name + "@" + f.Version, Name: f.Name, Via: []string{f.Name},
		Reason: "from " + file + ", whose entry " + f.Location + " says itself what to run: " + f.Why}
}

type rebuilt struct {
	r    *Resolver
	ctx  context.Context //nolint:containedctx // of this one call
	p    *Plan
	docs map[string]*registry.Packument
	laid *tree.LaidDown
}

func (b *rebuilt) folder(f tree.LaidFolder) error {
	laid := Laid{Folder: f.Folder, Scripts: f.Scripts, Gyp: f.Gyp}
	done, err := b.bundled(f, laid)
	if done || err != nil {
		return err
	}
	it, err := b.item(f)
	if err != nil {
		return err
	}
	if it != nil {
		it.Laid = append(it.Laid, laid)
	}
	return nil
}

// bundled looks for a package in whose own tarball the folder comes.
func (b *rebuilt) bundled(f tree.LaidFolder, laid Laid) (bool, error) {
	for _, owner := range b.laid.Bundlers {
		within, below := strings.CutPrefix(f.Folder, owner.Folder+"/")
		if !below || !strings.HasPrefix(within, "node_modules/") {
			continue
		}
		it, err := b.item(owner)
		if it == nil || err != nil {
			return it == nil && err == nil, err
		}
		if from := b.r.Contents(); from != nil {
			c, err := from.Open(b.ctx, &tree.Pkg{Name: it.Name, Version: it.Version, Resolved: it.Tarball, Integrity: string(it.Integrity)})
			if err != nil {
				return false, err
			}
			if _, brought := c.Bundled[within]; brought || slices.Contains(c.BundledGyps, within) {
				laid.Within = within
				it.Laid = append(it.Laid, laid)
				return true, nil
			}
		}
	}
	return false, nil
}

// item is the plan's item that a folder says it is: by its place, by name and
// version, or as the registry has it; nil where nothing knows it.
func (b *rebuilt) item(f tree.LaidFolder) (*Item, error) {
	var same *Item
	for i := range b.p.Items {
		it := &b.p.Items[i]
		if it.Name != f.Name || it.Version != f.Version || it.Bundled {
			continue
		}
		if same == nil || slices.Contains(it.Places, f.Folder) {
			same = it
		}
	}
	if same != nil && (same.Registry == "" || same.Tarball != "" && same.Integrity != "") {
		return same, nil
	}
	pkg, why, err := b.known(f)
	if err != nil {
		return nil, err
	}
	if why != "" {
		b.unknown(f, why)
		return nil, nil
	}
	if same != nil {
		same.Tarball, same.Integrity = pkg.Tarball, pkg.Integrity
		return same, nil
	}
	b.p.Items = append(b.p.Items, Item{Package: pkg, Via: [][]string{{pkg.Name}}, Places: []string{f.Folder}})
	return &b.p.Items[len(b.p.Items)-1], nil
}

// known asks the registry for what a folder says it is.
func (b *rebuilt) known(f tree.LaidFolder) (pkg Package, why string, err error) {
	if f.Name == "" || f.Version == "" {
		return pkg, "it does not say what it is", nil
	}
	doc := b.docs[f.Name]
	if doc == nil {
		doc, err = b.r.s.Source.Packument(b.ctx, f.Name)
		switch {
		case errors.Is(err, registry.ErrNotFound) || errors.Is(err, registry.ErrForbidden):
			return pkg, "no registry shows " + f.Name, nil
		case err != nil:
			return pkg, "", err
		}
		b.docs[f.Name] = doc
	}
	m := doc.Versions[f.Version]
	if m == nil {
		return pkg, "the registry has no " + f.Name + "@" + f.Version, nil
	}
	pkg = Package{Name: f.Name, Version: f.Version, Registry: doc.Registry, Tarball: m.Dist.Tarball, Integrity: Integrity(m.Dist.SRI())}
	if b.r.s.RegistryOf != nil {
		pkg.Registry = b.r.s.RegistryOf(f.Name)
	}
	return pkg, "", nil
}

func (b *rebuilt) unknown(f tree.LaidFolder, why string) {
	name := f.Name
	if name == "" {
		name = f.Folder[strings.LastIndex(f.Folder, "node_modules/")+len("node_modules/"):]
	}
	u := Unresolved{Spec: name, Name: name, Via: []string{name}, Reason: "from " + f.Folder + ", for which npm would run something: " + why}
	if f.Version != "" {
		u.Spec += "@" + f.Version
	}
	if !slices.ContainsFunc(b.p.Unresolved, func(o Unresolved) bool { return o.Reason == u.Reason }) {
		b.p.Unresolved = append(b.p.Unresolved, u)
	}
}
