// Gpq stands where npm stands: it works out what an npm command would fetch,
// checks all of it, asks once, and runs the real npm with what was checked.
//
// See [manual] for the commands, and the README for what is asked of whom.
package main

// manual is what gpq help begins with.
const manual = `gpq install express        check the whole tree, then let npm install it (so with every npm command)
gpq check [SPEC…]          check only, and run nothing; --json for machines
gpq verify NAME@VERSION…   what is proven of single packages
gpq shim install           put gpq before npm in every shell

gpq npm … and gpq npx … pass every word to npm and npx; GPQ_STRICT=1, GPQ_REPORT and the like speak for gpq there.
Exit codes: npm's own, 0 nothing found, 2 wrong use, 3 refused, 4 could not decide, 127 no npm.`
