package checks

import (
	"context"
	"fmt"
)

var sizeJumpCheck = Check{
	ID:    "size-jump",
	Title: "is the unpacked size three times the last one and 500 kB more?",
	Needs: Packument,
	Doc: `Compares the unpacked size with that of the last release that is no longer young, of the same release line where there is
one. The size is the registry's, or the tarball's own where that is larger or the registry gives none.

Flagged: as a warning where another change joins it, else as a note.`,
	Run: runSizeJump,
}

func runSizeJump(_ context.Context, s *Subject) (Finding, error) {
	if f, err, stop := s.noHistory(); stop {
		return f, err
	}
	now := s.Manifest.Dist.UnpackedSize
	if s.Facts.Tarball.OK() && s.Facts.Tarball.Value.Unpacked > now {
		now = s.Facts.Tarball.Value.Unpacked
	}
	before := s.sizedBefore()
	switch {
	case before == nil && len(s.settled()) == 0:
		return clearf("no earlier release to compare with")
	case before == nil:
		return skippedf("the registry gives no sizes for earlier versions")
	case now == 0:
		return unknownf("the registry gives no size for this version")
	}
	past := before.Manifest.Dist.UnpackedSize
	if float64(now) < s.Limits.SizeFactor*float64(past) || now-past < s.Limits.SizeGrowth {
		return clearf("%s, after %s at %s", bytesText(now), bytesText(past), before.Version)
	}
	return flag(Note, "unpacked size is %s, after %s at %s", bytesText(now), bytesText(past), before.Version).signal(SizeJump).
		with(said("unpacked size", fmt.Sprint(now)), said("unpacked size of "+before.Version, fmt.Sprint(past))), nil
}

// sizedBefore is the predecessor, or the newest settled release that has a
// size.
func (s *Subject) sizedBefore() *Release {
	if w := s.Predecessor(); w != nil && w.Manifest.Dist.UnpackedSize > 0 {
		return w
	}
	past := s.settled()
	for i := len(past) - 1; i >= 0; i-- {
		if past[i].Manifest.Dist.UnpackedSize > 0 {
			return past[i]
		}
	}
	return nil
}

func bytesText(n int64) string {
	switch {
	case n >= 1_000_000:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	case n >= 1_000:
		return fmt.Sprintf("%d kB", n/1000)
	default:
		return plural(int(n), "byte")
	}
}
