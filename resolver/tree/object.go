package tree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gpq/resolver/registry"
)

// Object is a JSON object in the order of its document; of a key given twice
// the later value counts, at the earlier place. Values are string, bool,
// json.Number, nil, []any or *Object.
type Object struct {
	keys   []string
	values map[string]any
}

const maxDepth = 200 // of nested JSON; npm's own files go no deeper than a dozen

var (
	errNotObject = errors.New("not a JSON object")
	errShort     = errors.New("the JSON ends too early")
)

// ParseObject reads one JSON object and nothing after it.
func ParseObject(data []byte) (*Object, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	v, err := readValue(dec, 0)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, errShort
	}
	if err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("text after the JSON object")
	}
	o, ok := v.(*Object)
	if !ok {
		return nil, errNotObject
	}
	return o, nil
}

func readValue(dec *json.Decoder, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	tok, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch tok {
	case json.Delim('{'):
		return readObject(dec, depth)
	case json.Delim('['):
		return readList(dec, depth)
	}
	return tok, nil
}

func readObject(dec *json.Decoder, depth int) (any, error) {
	o := &Object{values: map[string]any{}}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, _ := tok.(string)
		v, err := readValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		o.put(key, v)
	}
	_, err := dec.Token()
	return o, err
}

func readList(dec *json.Decoder, depth int) (any, error) {
	list := []any{}
	for dec.More() {
		v, err := readValue(dec, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	_, err := dec.Token()
	return list, err
}

func (o *Object) put(key string, v any) {
	if _, ok := o.values[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.values[key] = v
}

// Keys are the object's keys in their order.
func (o *Object) Keys() []string {
	if o == nil {
		return nil
	}
	return o.keys
}

// Get gives the value under key.
func (o *Object) Get(key string) (any, bool) {
	if o == nil {
		return nil, false
	}
	v, ok := o.values[key]
	return v, ok
}

func (o *Object) str(key string) string {
	s, _ := o.any(key).(string)
	return s
}

func (o *Object) any(key string) any {
	v, _ := o.Get(key)
	return v
}

func (o *Object) object(key string) *Object {
	v, _ := o.any(key).(*Object)
	return v
}

func (o *Object) truthy(key string) bool {
	switch v := o.any(key).(type) {
	case bool:
		return v
	case string:
		return v != ""
	case json.Number:
		return v != "0"
	case nil:
		return false
	}
	return true
}

// deps reads an object of strings; what is no string is left out.
func (o *Object) deps(key string) registry.Deps {
	in := o.object(key)
	switch v := o.any(key).(type) {
	case []any:
		return placed(stringsOf(v))
	case string:
		if key != "peerDependencies" {
			return placed(strings.Split(v, ""))
		}
	}
	if in == nil {
		return nil
	}
	out := make(registry.Deps, 0, len(in.keys))
	for _, k := range in.keys {
		if s, ok := in.values[k].(string); ok {
			out = append(out, registry.Dep{Name: k, Value: s})
		}
	}
	return jsOrder(out)
}

// placed are dependencies of a list, or of the letters of a text, as npm takes
// them for an object: the place is the name.
func placed(list []string) (out registry.Deps) {
	for i, v := range list {
		out = append(out, registry.Dep{Name: strconv.Itoa(i), Value: v})
	}
	return out
}

// list reads a list of strings, or one string alone.
func (o *Object) list(key string) []string {
	switch v := o.any(key).(type) {
	case string:
		if v != "" {
			return []string{v}
		}
	case []any:
		return stringsOf(v)
	}
	return nil
}

func stringsOf(list []any) []string {
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
