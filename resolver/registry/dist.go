package registry

// publisher reads _npmUser. Equal ones are shared.
func (d *decoder) publisher() (*Publisher, error) {
	raw, err := d.raw()
	if err != nil || len(raw) == 0 || raw[0] != '{' && raw[0] != '"' {
		return nil, err
	}
	if p, ok := d.pubs[string(raw)]; ok {
		return p, nil
	}
	sub := d.part(raw)
	p := &Publisher{}
	p.Person, err = sub.person(func(key []byte) (err error) {
		switch string(key) {
		case "trustedPublisher":
			p.TrustedPublisher, err = sub.trustedPublisher()
		case "approver":
			p.Approver, err = sub.approver()
		default:
			err = sub.skip()
		}
		return err
	})
	d.pubs[string(raw)] = p
	if err != nil {
		return nil, err
	}
	return p, d.keepText(raw, 4)
}

func (d *decoder) trustedPublisher() (*TrustedPublisher, error) {
	if d.next() != '{' {
		return nil, d.skip()
	}
	t := &TrustedPublisher{}
	err := d.members(func(key []byte) (err error) {
		switch string(key) {
		case "id":
			t.ID, err = d.text()
		case "oidcConfigId":
			t.OIDCConfigID, err = d.text()
		default:
			err = d.skip()
		}
		return err
	})
	return t, err
}

func (d *decoder) approver() (*Person, error) {
	p, err := d.person(nil)
	if p == (Person{}) {
		return nil, err
	}
	return &p, err
}

func (d *decoder) dist() (dist Dist, err error) {
	err = d.each(func(key []byte) (err error) {
		switch string(key) {
		case "tarball":
			dist.Tarball, err = d.fresh()
		case "integrity":
			dist.Integrity, err = d.fresh()
		case "shasum":
			dist.Shasum, err = d.fresh()
		case "fileCount":
			dist.FileCount, err = d.count()
		case "unpackedSize":
			dist.UnpackedSize, err = d.count()
		case "signatures":
			dist.Signatures, err = d.signatures()
		case "attestations":
			dist.Attestations, err = d.attestations()
		default:
			err = d.skip()
		}
		return err
	})
	return dist, err
}

func (d *decoder) signatures() (all []Signature, err error) {
	if d.next() != '[' {
		return nil, d.skip()
	}
	err = d.elements(func() error {
		var s Signature
		err := d.each(func(key []byte) (err error) {
			switch string(key) {
			case "keyid":
				s.KeyID, err = d.text()
			case "sig":
				s.Sig, err = d.fresh()
			default:
				err = d.skip()
			}
			return err
		})
		if s != (Signature{}) {
			all = append(all, s)
		}
		if err == nil {
			err = d.few(len(all))
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return all, d.spend(len(all) * perPair)
}

func (d *decoder) attestations() (*Attestations, error) {
	if d.next() != '{' {
		return nil, d.skip()
	}
	a, members := &Attestations{}, 0
	err := d.members(func(key []byte) (err error) {
		members++
		switch string(key) {
		case "url":
			a.URL, err = d.fresh()
		case "provenance":
			a.Provenance, a.PredicateType, err = d.provenance()
		default:
			err = d.skip()
		}
		return err
	})
	if members == 0 {
		return nil, err
	}
	return a, err
}

func (d *decoder) provenance() (claimed bool, predicate string, err error) {
	if d.next() != '{' {
		claimed, err = d.truthy()
		return claimed, "", err
	}
	err = d.members(func(key []byte) (err error) {
		if string(key) == "predicateType" {
			predicate, err = d.text()
			return err
		}
		return d.skip()
	})
	return true, predicate, err
}
