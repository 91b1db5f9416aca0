package policy

import (
	"errors"
	"fmt"
)

// Import is a set of approvals of somebody else's, pinned by its digest.
type Import struct{ From, Digest string }

func (r *reader) approvals(n node) error {
	if !n.isMap {
		return errNoMap
	}
	return r.entry(n, map[string]func(node) error{
		"project": func(n node) error {
			v := ProjectApprovals(n.text)
			if n.text == "ignore" {
				v = ApprovalsIgnored
			} else if v != ApprovalsCount && v != ApprovalsConfirmed {
				return errors.New("want ignore, confirmed or count")
			}
			r.set("approvals.project", n.line, n.text, v != ApprovalsIgnored, func(o *Loaded) { o.ProjectApprovals = v })
			return nil
		},
		"import": func(n node) error {
			for _, item := range n.list {
				var im Import
				if err := r.entry(item, map[string]func(node) error{"from": into(&im.From), "digest": into(&im.Digest)}, "from", "digest"); err != nil {
					return err
				}
				if !validDigest(im.Digest) {
					return fmt.Errorf("digest: want sha256- and 64 hex digits")
				}
				r.set("approvals.import", item.line, im.From, true, func(o *Loaded) { o.Imports = append(o.Imports, im) })
			}
			return nil
		},
	})
}
