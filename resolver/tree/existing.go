package tree

func (b *builder) loadExisting(*Node) error     { return nil }
func (b *builder) inflate() error               { return nil }
func (b *builder) crackOpen(*Node) error        { return nil }
func (b *builder) mapWorkspaces(*Node) error    { return nil }
func (b *builder) globalUpdates(*Node) []string { return nil }

type extensions struct{}

func (b *builder) loadExtensions() error                 { return nil }
func (x *extensions) apply(p *Pkg) (*Pkg, string, error) { return p, "", nil }
