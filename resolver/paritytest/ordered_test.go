package paritytest

import (
	"encoding/json"
	"fmt"
	"strings"
)

// get gives the value under key, nil where there is none.
func (m orderedMap) get(key string) any {
	for _, p := range m {
		if p.key == key {
			return p.value
		}
	}
	return nil
}

// object gives the object under key, empty where there is none.
func (m orderedMap) object(key string) orderedMap {
	o, _ := m.get(key).(orderedMap)
	return o
}

func (m orderedMap) str(key string) string {
	s, _ := m.get(key).(string)
	return s
}

// put is m with that value under key, where it stood or at the end. It never
// changes m.
func (m orderedMap) put(key string, value any) orderedMap {
	out := make(orderedMap, 0, len(m)+1)
	found := false
	for _, p := range m {
		if p.key == key {
			p.value, found = value, true
		}
		out = append(out, p)
	}
	if !found {
		out = append(out, pair{key, value})
	}
	return out
}

// without is m without key.
func (m orderedMap) without(key string) orderedMap {
	out := make(orderedMap, 0, len(m))
	for _, p := range m {
		if p.key != key {
			out = append(out, p)
		}
	}
	return out
}

func (m orderedMap) keys() []string {
	out := make([]string, 0, len(m))
	for _, p := range m {
		out = append(out, p.key)
	}
	return out
}

// readOrdered reads JSON, objects as orderedMap.
func readOrdered(text string) (any, error) {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	v, err := orderedValue(dec)
	if err == nil && dec.More() {
		err = fmt.Errorf("something after the value")
	}
	return v, err
}

func orderedValue(dec *json.Decoder) (any, error) {
	t, err := dec.Token()
	if err != nil {
		return nil, err
	}
	d, open := t.(json.Delim)
	if !open {
		return t, nil
	}
	list, obj := []any{}, orderedMap{}
	for dec.More() {
		key := ""
		if d == '{' {
			k, err := dec.Token()
			if err != nil {
				return nil, err
			}
			key = k.(string)
		}
		v, err := orderedValue(dec)
		if err != nil {
			return nil, err
		}
		list, obj = append(list, v), append(obj, pair{key, v})
	}
	if _, err := dec.Token(); err != nil {
		return nil, err
	}
	if d == '{' {
		return obj, nil
	}
	return list, nil
}

// mustObject reads what was written here.
func mustObject(text string) orderedMap {
	v, err := readOrdered(text)
	o, ok := v.(orderedMap)
	if err != nil || !ok {
		panic(fmt.Sprintf("no object: %v: %s", err, text))
	}
	return o
}

// line is a value as JSON on one line.
func line(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}
