// Package names knows the most used package names and tells which other names
// look like near misses of them.
package names

// Shape says in which way a name imitates another.
type Shape string

// Match is a name that another is a near miss of. The zero value is none.
type Match struct {
	Popular string // the name imitated
	Shape   Shape
	Rank    int // place of Popular in the list, 1 is the most used
}
