// Package tree builds the tree that npm would build: which package stands at
// which node_modules path, by npm's own rules of placing, nesting and
// replacing, from packuments and from what the project already holds. It
// fetches nothing but what its Source gives, runs nothing and writes nothing.
//
// The rules are those of Arborist, npm's tree builder; the parity tests hold
// the two against each other. Where behaviour looks odd it is npm's, and the
// tree would differ without it.
package tree
