package registry

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// repeated is pre, n times what part makes, and post.
func repeated(pre string, n int, part func(i int) string, post string) []byte {
	var b strings.Builder
	b.WriteString(pre)
	for i := range n {
		b.WriteString(part(i))
	}
	b.WriteString(post)
	return []byte(b.String())
}

// TestTooMuchInOne: however a document spends the memory, it is refused, and
// soon: nothing in it costs more than in proportion.
func TestTooMuchInOne(t *testing.T) {
	name := func(form string) func(int) string {
		return func(i int) string { return fmt.Sprintf(form, i) }
	}
	long := strings.Repeat("l", 1<<20-8)
	for what, test := range map[string]struct {
		body []byte
		says string
	}{
		"a long name":      {repeated(`{"name":"`, 2, func(int) string { return strings.Repeat("a", 1<<19+1) }, `"}`), "a text of more"},
		"a long key":       {repeated(`{"versions":{"`, 2, func(int) string { return strings.Repeat("1", 1<<19+1) }, `":{}}}`), "a text of more"},
		"bytes of no text": {repeated(`{"versions":{"1":{"deprecated":"`, 2, func(int) string { return strings.Repeat("\xff", 1<<19+1) }, `"}}}`), "a text of more"},
		"dependencies":     {repeated(`{"versions":{"1":{"dependencies":{"x":"1"`, 20_001, name(`,"p%d":"*"`), "}}}}"), "in one place"},
		"peers":            {repeated(`{"versions":{"1":{"peerDependenciesMeta":{"x":{}`, 100_000, name(`,"p%d":{"optional":true}`), "}}}}"), "in one place"},
		"maintainers":      {repeated(`{"maintainers":["x"`, 20_001, name(`,{"name":"%d"}`), "]}"), "in one place"},
		"platforms":        {repeated(`{"versions":{"1":{"os":["x"`, 20_001, name(`,"%d"`), "]}}}"), "in one place"},
		"signatures":       {repeated(`{"versions":{"1":{"dist":{"signatures":[1`, 20_001, name(`,{"keyid":"%d"}`), "]}}}}"), "in one place"},
		"tags":             {repeated(`{"dist-tags":{"x":"1"`, 110, name(`,"t%d`+long+`":"1"`), "}}"), "of memory"},
		"times":            {repeated(`{"time":{"x":"2020-01-01"`, 110, name(`,"%d`+long+`":"2020-01-01"`), "}}"), "of memory"},
		"versions":         {repeated(`{"versions":{"x":{}`, 150_000, name(`,"%d":{}`), "}}"), "of memory"},
		"texts":            {repeated(`{"versions":{"x":{}`, 110, name(`,"x%[1]d":{"license":"%[1]d`+long+`"}`), "}}"), "of memory"},
	} {
		_, err := Decode(test.body, "")
		var e *SyntaxError
		if !errors.As(err, &e) || !strings.Contains(e.Reason, test.says) {
			t.Errorf("%s: %v, want %q", what, err, test.says)
		}
	}
}

// TestPlaces: however many large documents come at once, few are there at a
// time, and all come through.
func TestPlaces(t *testing.T) {
	p := newPlaces()
	var mu sync.Mutex
	var large, huge, most, mostHuge int
	count := func(n *int, by int, peak *int) {
		mu.Lock()
		defer mu.Unlock()
		*n += by
		*peak = max(*peak, *n)
	}
	var wg sync.WaitGroup
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for range 4 * maxBodies {
		wg.Go(func() {
			s, err := p.enter(ctx)
			if err == nil {
				err = s.grow(ctx, 2<<20)
			}
			if err != nil {
				t.Error(err)
				return
			}
			defer s.leave()
			count(&large, 1, &most)
			defer count(&large, -1, &most)
			if err := s.grow(ctx, 64<<20); err != nil {
				t.Error(err)
				return
			}
			count(&huge, 1, &mostHuge)
			count(&huge, -1, &mostHuge)
		})
	}
	wg.Wait()
	if most > maxLarge || mostHuge > maxHuge || most == 0 {
		t.Errorf("%d large and %d huge at a time", most, mostHuge)
	}
	for i, class := range p {
		if len(class) != 0 {
			t.Errorf("%d places of class %d were kept", len(class), i)
		}
	}
}

// TestTooMuchInAll: what is within its own bounds is refused where everything
// before it has taken the memory.
func TestTooMuchInAll(t *testing.T) {
	s := newSite(t)
	c := newClient(t, Options{Default: s.URL + "/"})
	for i := range 3 {
		s.pages[fmt.Sprintf("/a%d", i)] = fmt.Sprintf(`{"name":"a%d","versions":{"1.0.0":{"name":"a%d","version":"1.0.0"}}}`, i, i)
	}
	if _, err := c.Packument(context.Background(), "a0"); err != nil {
		t.Fatal(err)
	}
	if err := c.load.add(firstWeight); err != nil { // each makes room for more
		t.Fatal(err)
	}
	c.load.weight = firstWeight + 2*nextWeight
	for _, name := range []string{"a1", "a2"} {
		if _, err := c.Packument(context.Background(), name); !errors.Is(err, ErrUnreadable) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if s.count("/a1") != 1 || s.count("/a2") != 0 {
		t.Error("what could not be kept was fetched all the same")
	}
}
