package checks

import "gpq/checks/names"

// names gives the list, unpacked once; nil where none is wanted.
func (o *Outside) names() (*names.List, error) {
	o.once.Do(func() {
		if o.o.Names != nil {
			o.list, o.err = o.o.Names()
		}
	})
	return o.list, o.err
}

// lookalikes holds every name against the list. It asks nobody.
func (o *Outside) lookalikes(subjects []*Subject) {
	if o.o.Names == nil {
		for _, s := range subjects {
			s.Facts.Lookalike = heldBack[names.Match]("no list of names")
		}
		return
	}
	_, _ = o.names()
	for _, s := range subjects {
		if w := o.keeps(s, false); w != nil {
			s.Facts.Lookalike = Answer[names.Match]{Err: w, Asked: true}
			continue
		}
		if o.err != nil {
			s.Facts.Lookalike = Answered(names.Match{}, o.err)
			continue
		}
		m, _ := o.list.Near(s.Name)
		s.Facts.Lookalike = Answered(m, nil)
		s.Facts.Popular = o.list.Has(s.Name)
	}
}
