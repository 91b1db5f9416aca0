package tree

import (
	"errors"
	"slices"
	"testing"
)

func TestSet(t *testing.T) {
	s := setOf(1, 2, 3)
	var seen []int
	for v := range s.all() {
		seen = append(seen, v)
		if v == 1 {
			s.del(2)
			s.add(4)
			s.add(1)
		}
	}
	if !slices.Equal(seen, []int{1, 3, 4}) {
		t.Errorf("walked %v, want 1 3 4: what is added is visited, what is removed is not", seen)
	}
	for i := range 100 {
		s.add(i)
		s.del(i)
	}
	s.add(7)
	if s.len() != 1 || !s.has(7) || s.has(8) {
		t.Errorf("after much coming and going: %v", s.slice())
	}
}

func TestTable(t *testing.T) {
	var s table[int]
	s.set("b", 1)
	s.set("A", 2)
	s.set("c", 3)
	s.set("B", 4) // the same place on some disks, and now the last
	if v, ok := s.get("b"); !ok || v != 4 {
		t.Errorf("b is %d", v)
	}
	if _, ok := s.getExact("b"); ok {
		t.Error("b as written is still there")
	}
	if got := s.values(); !slices.Equal(got, []int{2, 3, 4}) {
		t.Errorf("in the order %v", got)
	}
	s.del("a")
	if s.len() != 2 {
		t.Errorf("%d left", s.len())
	}
}

// TestWalks: a walk in which what is visited comes back for ever is stopped.
func TestWalks(t *testing.T) {
	s := setOf(1, 2, 3)
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
