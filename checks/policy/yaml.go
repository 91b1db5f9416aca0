package policy

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// maxFile bounds a policy or approvals file, in bytes.
const maxFile = 1 << 20

// node is a YAML value with the line it stands in. Anchors, aliases, tags and
// merge keys are refused: a policy is read by people.
type node struct {
	line   int
	text   string // of a scalar
	scalar bool
	list   []node
	fields []field
	isMap  bool
}

type field struct {
	key   string
	line  int
	value node
}

// problem is what is wrong with a file, with the line where known.
type problem struct {
	file string
	line int
	text string
}

func (p *problem) Error() string {
	if p.line == 0 {
		return p.file + ": " + p.text
	}
	return fmt.Sprintf("%s:%d: %s", p.file, p.line, p.text)
}

// parse reads one YAML document. An empty file is an empty mapping.
func parse(file string, text []byte) (root node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = node{}, &problem{file, 0, "cannot be read as YAML"}
		}
	}()
	if len(text) > maxFile {
		return node{}, &problem{file, 0, "is larger than 1 MB"}
	}
	if tooDeep(text) {
		return node{}, &problem{file, 0, "is nested too deep"}
	}
	tree, err := parser.ParseBytes(text, 0)
	if err != nil {
		return node{}, &problem{file, 0, "is no YAML: " + firstLine(err.Error())}
	}
	var body ast.Node
	for _, d := range tree.Docs {
		if d.Body == nil || d.Body.Type() == ast.CommentType {
			continue
		}
		if body != nil {
			return node{}, &problem{file, 0, "holds more than one document"}
		}
		body = d.Body
	}
	if body == nil {
		return node{isMap: true, line: 1}, nil
	}
	root, err = read(file, body, 0)
	if err == nil && !root.isMap {
		err = &problem{file, root.line, "is no mapping"}
	}
	return root, err
}

func firstLine(s string) string {
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			return l
		}
	}
	return s
}

func read(file string, n ast.Node, depth int) (node, error) {
	line := n.GetToken().Position.Line
	if depth > 20 {
		return node{}, &problem{file, line, "is nested too deeply"}
	}
	switch v := n.(type) {
	case *ast.MappingNode:
		return readMap(file, v.Values, line, depth)
	case *ast.MappingValueNode:
		return readMap(file, []*ast.MappingValueNode{v}, line, depth)
	case *ast.SequenceNode:
		out := node{line: line, list: []node{}}
		for _, item := range v.Values {
			c, err := read(file, item, depth+1)
			if err != nil {
				return node{}, err
			}
			out.list = append(out.list, c)
		}
		return out, nil
	case *ast.LiteralNode:
		return node{line: line, scalar: true, text: v.Value.Value}, nil
	case *ast.StringNode:
		return node{line: line, scalar: true, text: v.Value}, nil
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return node{line: line, scalar: true, text: n.GetToken().Value}, nil
	case *ast.NullNode:
		return node{line: line}, nil
	}
	return node{}, &problem{file, line, "anchors, aliases and tags are not allowed here"}
}

func readMap(file string, values []*ast.MappingValueNode, line, depth int) (node, error) {
	out := node{line: line, isMap: true}
	seen := map[string]bool{}
	for _, mv := range values {
		at := mv.Key.GetToken().Position.Line
		if mv.Key.Type() == ast.MergeKeyType {
			return node{}, &problem{file, at, "merge keys are not allowed here"}
		}
		key := mv.Key.GetToken().Value
		if seen[key] {
			return node{}, &problem{file, at, fmt.Sprintf("%q stands twice", key)}
		}
		seen[key] = true
		c, err := read(file, mv.Value, depth+1)
		if err != nil {
			return node{}, err
		}
		if c.line == 0 {
			c.line = at
		}
		out.fields = append(out.fields, field{key, at, c})
	}
	return out, nil
}

// errNoList and its kin are said of a value of the wrong form.
var (
	errNoList   = errors.New("want a list")
	errNoScalar = errors.New("want one value")
	errNoMap    = errors.New("want a mapping")
)

func (n node) strings() ([]string, error) {
	if n.scalar {
		return []string{n.text}, nil
	}
	if n.isMap || n.list == nil {
		return nil, errNoList
	}
	var out []string
	for _, c := range n.list {
		if !c.scalar {
			return nil, errNoScalar
		}
		out = append(out, c.text)
	}
	return out, nil
}

func (n node) one() (string, error) {
	if !n.scalar {
		return "", errNoScalar
	}
	return n.text, nil
}
