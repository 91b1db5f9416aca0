package guard

import (
	"bytes"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// form is how a registry answers a request for an abbreviated packument.
type form struct {
	short bool            // it abbreviates at all
	keep  map[string]bool // fields of a version that it then shows
}

// usual are the fields of a version that every registry which abbreviates is
// known to keep. Some keep more: see forms.
var usual = []string{"name", "version", "deprecated", "dependencies", "optionalDependencies", "devDependencies",
	"bundleDependencies", "peerDependencies", "peerDependenciesMeta", "acceptDependencies", "bin", "directories",
	"dist", "engines", "os", "cpu", "funding", "_hasShrinkwrap", "hasInstallScript"}

// runs are the scripts that make a package one with an install script.
var runs = map[string]bool{"preinstall": true, "install": true, "postinstall": true}

// cutter copies one document, leaving out what the form leaves out.
type cutter struct {
	form
	in  *jsontext.Decoder
	out *jsontext.Encoder
}

// cut makes the abbreviated document of a full one. What stands in both is
// copied as it is.
func (f form) cut(full []byte) ([]byte, error) {
	var buf bytes.Buffer
	buf.Grow(len(full) / 2)
	loose := []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
	c := &cutter{form: f, in: jsontext.NewDecoder(bytes.NewReader(full), loose...), out: jsontext.NewEncoder(&buf, loose...)}
	if err := c.document(); err != nil {
		return nil, fmt.Errorf("packument: %w", err)
	}
	if _, err := c.in.ReadToken(); err != io.EOF {
		return nil, fmt.Errorf("packument: more than one document")
	}
	return buf.Bytes(), nil
}

// object walks an object's fields: each must read its value, or skip it.
func (c *cutter) object(each func(field string) error) error {
	start, err := c.in.ReadToken()
	if err != nil {
		return err
	}
	if start.Kind() != '{' {
		return fmt.Errorf("an object is missing")
	}
	for c.in.PeekKind() == '"' {
		field, err := c.in.ReadToken()
		if err != nil {
			return err
		}
		if err := each(field.String()); err != nil {
			return err
		}
	}
	_, err = c.in.ReadToken()
	return err
}

// copy copies a value under its field's name.
func (c *cutter) copy(field string) error {
	value, err := c.in.ReadValue()
	if err != nil {
		return err
	}
	return c.put(field, value)
}

func (c *cutter) put(field string, value jsontext.Value) error {
	if err := c.out.WriteToken(jsontext.String(field)); err != nil {
		return err
	}
	return c.out.WriteValue(value)
}

// nested copies an object under its field's name, each entry by inner; what is
// no object is copied as it is.
func (c *cutter) nested(field string, inner func(string) error) error {
	if c.in.PeekKind() != '{' {
		return c.copy(field)
	}
	if err := c.out.WriteToken(jsontext.String(field)); err != nil {
		return err
	}
	return c.braces(func() error { return c.object(inner) })
}

func (c *cutter) braces(inside func() error) error {
	if err := c.out.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	if err := inside(); err != nil {
		return err
	}
	return c.out.WriteToken(jsontext.EndObject)
}

func (c *cutter) document() error {
	return c.braces(func() error { return c.object(c.top) })
}

// top is a field of the document itself.
func (c *cutter) top(field string) error {
	switch field {
	case "name", "dist-tags":
		return c.copy(field)
	case "versions":
		return c.nested(field, c.version)
	case "stagedVersions", "policyRestrictions":
		return c.nested(field, c.restricted)
	case "time":
		return c.modified()
	}
	return c.in.SkipValue()
}

// restricted is a field of the sets beside versions, which have one inside.
func (c *cutter) restricted(field string) error {
	if field == "versions" {
		return c.nested(field, c.version)
	}
	return c.copy(field)
}

// modified takes the one time that an abbreviated document shows.
func (c *cutter) modified() error {
	if c.in.PeekKind() != '{' {
		return c.in.SkipValue()
	}
	return c.object(func(field string) error {
		if field == "modified" {
			return c.copy(field)
		}
		return c.in.SkipValue()
	})
}

// version is one version.
func (c *cutter) version(number string) error {
	return c.nested(number, func(field string) error {
		switch {
		case field == "scripts":
			return c.scripts()
		case !c.keep[field]:
			return c.in.SkipValue()
		}
		value, err := c.in.ReadValue()
		if err != nil || empty(value) {
			return err
		}
		return c.put(field, value)
	})
}

// scripts become one word: whether any of them runs at install.
func (c *cutter) scripts() error {
	if c.in.PeekKind() != '{' {
		return c.in.SkipValue()
	}
	has := false
	err := c.object(func(field string) error {
		value, err := c.in.ReadValue()
		has = has || runs[field] && !empty(value)
		return err
	})
	if err != nil || !has {
		return err
	}
	return c.put("hasInstallScript", jsontext.Value("true"))
}

// empty values are left out of abbreviated documents.
func empty(v jsontext.Value) bool {
	switch string(bytes.TrimSpace(v)) {
	case "null", "false", `""`, "{}", "[]", "0":
		return true
	}
	return false
}
