package tree

import (
	"errors"
	"testing"
)

// TestWalks: what is added while a set or a table is walked is visited, what is
// taken out is not; and a walk that would never end is stopped.
func TestWalks(t *testing.T) {
	s := setOf(1, 2, 3)
	var seen []int
	for v := range s.all() {
		seen = append(seen, v)
		if v == 1 {
			s.del(2)
			s.add(4)
		}
	}
	if len(seen) != 3 || seen[1] != 3 || seen[2] != 4 {
		t.Errorf("visited %v", seen)
	}
	for name, walk := range map[string]func(){
		"set": func() {
			for v := range s.all() {
				s.del(v)
				s.add(v)
			}
		},
		"table": func() {
			var names table[int]
			names.set("a", 1)
			for name, v := range names.all() {
				names.del(name)
				names.set(name, v)
			}
		},
	} {
		if err := stopped(walk); !errors.Is(err, ErrEndless) {
			t.Errorf("%s: walked to an end, with %v", name, err)
		}
	}
}

// stopped is what f was stopped with.
func stopped(f func()) (err error) {
	defer func() {
		if s, ok := recover().(stop); ok {
			err = s.err
		}
	}()
	f()
	return nil
}
