package tree

import (
	"fmt"
	"iter"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// set is an insertion-ordered set. It may grow and shrink while it is walked:
// what is added is still visited, what is removed is not. The order in which
// npm visits its sets decides trees, so it is kept.
type set[T comparable] struct {
	items   []setItem[T]
	index   map[T]int // only once there are more than smallSet
	live    int
	walking int
}

type setItem[T comparable] struct {
	value T
	ok    bool
}

const (
	smallSet  = 12
	maxWalked = 1 << 15 // what may have been in a set, and not be any longer, while it is walked
)

// stopWalk ends a walk in which what is visited is taken out and put back for
// ever, which is where npm never ends: of places there have been so many, and so
// few are in use.
func stopWalk(places, live int) {
	if places > maxWalked && live < places/2 {
		panic(stop{fmt.Errorf("%w: it is gone through for ever", ErrEndless)})
	}
}

func setOf[T comparable](values ...T) *set[T] {
	s := &set[T]{}
	for _, v := range values {
		s.add(v)
	}
	return s
}

func (s *set[T]) find(v T) int {
	if s == nil {
		return -1
	}
	if s.index != nil {
		if i, ok := s.index[v]; ok {
			return i
		}
		return -1
	}
	for i := range s.items {
		if s.items[i].ok && s.items[i].value == v {
			return i
		}
	}
	return -1
}

func (s *set[T]) has(v T) bool { return s.find(v) >= 0 }

func (s *set[T]) len() int {
	if s == nil {
		return 0
	}
	return s.live
}

func (s *set[T]) add(v T) {
	if s.has(v) {
		return
	}
	if s.walking == 0 && len(s.items) > smallSet && s.live < len(s.items)/2 {
		s.compact()
	}
	stopWalk(len(s.items), s.live)
	s.items = append(s.items, setItem[T]{v, true})
	s.live++
	if s.index != nil {
		s.index[v] = len(s.items) - 1
	} else if len(s.items) > smallSet {
		s.reindex()
	}
}

func (s *set[T]) compact() {
	kept := s.items[:0]
	for _, it := range s.items {
		if it.ok {
			kept = append(kept, it)
		}
	}
	clear(s.items[len(kept):])
	s.items = kept
	s.reindex()
}

func (s *set[T]) reindex() {
	s.index = make(map[T]int, len(s.items))
	for i, it := range s.items {
		if it.ok {
			s.index[it.value] = i
		}
	}
}

func (s *set[T]) del(v T) bool {
	i := s.find(v)
	if i < 0 {
		return false
	}
	s.items[i] = setItem[T]{}
	s.live--
	if s.index != nil {
		delete(s.index, v)
	}
	return true
}

func (s *set[T]) all() iter.Seq[T] {
	return func(yield func(T) bool) {
		if s == nil {
			return
		}
		s.walking++
		defer func() { s.walking-- }()
		for i := 0; i < len(s.items); i++ {
			if s.items[i].ok && !yield(s.items[i].value) {
				return
			}
		}
	}
}

// slice is a copy of what the set holds now.
func (s *set[T]) slice() []T {
	if s == nil {
		return nil
	}
	out := make([]T, 0, s.live)
	for i := range s.items {
		if s.items[i].ok {
			out = append(out, s.items[i].value)
		}
	}
	return out
}

// table is an insertion-ordered map by package name. Names that a file system
// may hold for the same are the same key, as npm has it.
type table[V any] struct {
	items   []tableItem[V]
	index   map[string]int
	live    int
	walking int
}

type tableItem[V any] struct {
	key, norm string
	value     V
	ok        bool
}

// normName folds what case-insensitive, normalising file systems fold.
func normName(name string) string {
	for i := 0; i < len(name); i++ {
		if c := name[i]; c >= 0x80 || c >= 'A' && c <= 'Z' {
			return strings.ToLower(norm.NFKD.String(name))
		}
	}
	return name
}

func (t *table[V]) find(key string) int {
	if t == nil || t.live == 0 {
		return -1
	}
	k := normName(key)
	if t.index != nil {
		if i, ok := t.index[k]; ok {
			return i
		}
		return -1
	}
	for i := range t.items {
		if t.items[i].ok && t.items[i].norm == k {
			return i
		}
	}
	return -1
}

func (t *table[V]) get(key string) (v V, ok bool) {
	if i := t.find(key); i >= 0 {
		return t.items[i].value, true
	}
	return v, false
}

func (t *table[V]) len() int {
	if t == nil {
		return 0
	}
	return t.live
}

// set puts v under key, at the end also where the key was there before.
func (t *table[V]) set(key string, v V) {
	t.del(key)
	if t.walking == 0 && len(t.items) > smallSet && t.live < len(t.items)/2 {
		t.compact()
	}
	stopWalk(len(t.items), t.live)
	k := normName(key)
	t.items = append(t.items, tableItem[V]{key, k, v, true})
	t.live++
	if t.index != nil {
		t.index[k] = len(t.items) - 1
	} else if len(t.items) > smallSet {
		t.reindex()
	}
}

func (t *table[V]) compact() {
	kept := t.items[:0]
	for _, it := range t.items {
		if it.ok {
			kept = append(kept, it)
		}
	}
	clear(t.items[len(kept):])
	t.items = kept
	t.reindex()
}

func (t *table[V]) reindex() {
	t.index = make(map[string]int, len(t.items))
	for i, it := range t.items {
		if it.ok {
			t.index[it.norm] = i
		}
	}
}

func (t *table[V]) del(key string) {
	i := t.find(key)
	if i < 0 {
		return
	}
	if t.index != nil {
		delete(t.index, t.items[i].norm)
	}
	t.items[i] = tableItem[V]{}
	t.live--
}

func (t *table[V]) all() iter.Seq2[string, V] {
	return func(yield func(string, V) bool) {
		if t == nil {
			return
		}
		t.walking++
		defer func() { t.walking-- }()
		for i := 0; i < len(t.items); i++ {
			if t.items[i].ok && !yield(t.items[i].key, t.items[i].value) {
				return
			}
		}
	}
}

// values is a copy of the values the table holds now.
func (t *table[V]) values() []V {
	if t == nil {
		return nil
	}
	out := make([]V, 0, t.live)
	for i := range t.items {
		if t.items[i].ok {
			out = append(out, t.items[i].value)
		}
	}
	return out
}

// getExact is get for the name as written, without folding.
func (t *table[V]) getExact(key string) (v V, ok bool) {
	if i := t.find(key); i >= 0 && t.items[i].key == key {
		return t.items[i].value, true
	}
	return v, false
}
