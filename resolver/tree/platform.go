package tree

// checkPlatforms sets aside what is optional and not for this machine; what is
// needed and not for this machine is npm's failure.
func (b *builder) checkPlatforms() error {
	for n := range b.tree.inventory.order.all() {
		if !n.optional {
			if err := b.checkNeeded(n); err != nil {
				return err
			}
			continue
		}
		if n.inert || b.engineOK(n.pkg, false) && b.platformOK(n.pkg) {
			continue
		}
		for m := range n.optionalSet().all() {
			m.inert = true
		}
	}
	return nil
}

func (b *builder) checkNeeded(n *Node) error {
	if n.shouldOmit(b.opt.Omit) && !b.before(11) {
		return nil
	}
	id := n.pkg.Name + "@" + n.pkg.Version
	if b.opt.EngineStrict && !(n.isRoot() && n.pkg.DevEngines) && !b.engineOK(n.pkg, b.opt.Force) {
		return &Failure{Code: "EBADENGINE", Message: id + " does not run on node " + b.opt.Node + " with npm " + b.opt.NPM}
	}
	if !b.opt.Force && !b.hostOK(n.pkg) {
		return &Failure{Code: "EBADPLATFORM", Message: id + " is not for " + orElse(b.opt.HostOS, b.opt.OS) + " " + orElse(b.opt.HostCPU, b.opt.CPU)}
	}
	return nil
}

func (b *builder) engineOK(p *Pkg, force bool) bool {
	if rng, _ := p.Engines.Get("node"); rng != "" && !force && !b.ranges.withPre(b.opt.Node, rng) {
		return false
	}
	rng, _ := p.Engines.Get("npm")
	return rng == "" || b.opt.NPM == "" || b.ranges.withPre(b.opt.NPM, rng)
}

func (b *builder) platformOK(p *Pkg) bool { return p.runsOn(b.opt.OS, b.opt.CPU, b.opt.Libc) }

// hostOK is platformOK for the machine itself: what is needed must run there,
// whatever --os, --cpu and --libc say.
func (b *builder) hostOK(p *Pkg) bool {
	return p.runsOn(orElse(b.opt.HostOS, b.opt.OS), orElse(b.opt.HostCPU, b.opt.CPU), orElse(b.opt.HostLibc, b.opt.Libc))
}

func (p *Pkg) runsOn(os, cpu, libc string) bool {
	return listed(os, p.OS) && listed(cpu, p.CPU) && (len(p.Libc) == 0 || libc != "" && listed(libc, p.Libc))
}

// listed is npm's reading of os, cpu and libc lists: none of the negated, one
// of the others if there are any.
func listed(value string, list []string) bool {
	if len(list) == 0 || len(list) == 1 && list[0] == "any" {
		return true
	}
	negated, match := 0, false
	for _, e := range list {
		if len(e) > 0 && e[0] == '!' {
			negated++
			if e[1:] == value {
				return false
			}
			continue
		}
		match = match || e == value
	}
	return match || negated == len(list)
}

// shouldOmit is whether npm leaves n out on this machine, by kind.
func (n *Node) shouldOmit(omit []string) bool {
	if len(omit) == 0 {
		return false
	}
	if top := n.top(); !top.isProjectRoot() && !top.isWorkspace() {
		return false
	}
	dev, opt, peer := isIn(omit, "dev"), isIn(omit, "optional"), isIn(omit, "peer")
	return n.peer && peer || n.dev && dev || n.optional && opt || n.devOptional && opt && dev
}
