package tree

import "strings"

// finish does what single commands do once the tree stands.
func (b *builder) finish() error {
	if b.opt.Prune {
		b.prune()
	}
	if !b.opt.LockRequired {
		return nil
	}
	var wrong []string
	locked := map[string]*Entry{}
	for i := range b.existing.Entries {
		locked[b.existing.Entries[i].Location] = &b.existing.Entries[i]
	}
	for n := range b.tree.inventory.order.all() {
		if n.isProjectRoot() || n.link {
			continue
		}
		id := n.name + "@" + n.version()
		switch e := locked[n.location]; {
		case e == nil:
			wrong = append(wrong, "missing: "+id+" from the lockfile")
		case e.Version != n.version() && n.parent != nil:
			wrong = append(wrong, "invalid: the lockfile's "+e.Name+"@"+e.Version+" does not satisfy "+id)
		}
	}
	if len(wrong) > 0 {
		return &Failure{Code: "EUSAGE", Message: "package.json and the lockfile are not in sync: " + strings.Join(wrong, "; ")}
	}
	return nil
}
