'use strict'
// node runs this ahead of npm: it reads npm's own files and then waits for the
// word. Where no word comes npm does not run.

if (!require('node:worker_threads').isMainThread) {
  return // node runs this again in each worker of npm's
}

const fs = require('node:fs')
const { dirname, join } = require('node:path')

process.execArgv.length = 0 // that which names this file: nothing below npm inherits it
const home = dirname(dirname(fs.realpathSync(process.argv[1])))
const load = (...name) => {
  try {
    return require(join(home, ...name))
  } catch {
    return undefined // npm looks for it itself, and says what is wrong
  }
}

// npm mends fs before it reads anything else, since modules keep what they
// find there. It is done once.
const graceful = load('node_modules', 'graceful-fs')
if (graceful) {
  const mend = graceful.gracefulify
  mend(fs)
  graceful.gracefulify = (it) => (it === fs ? it : mend(it))
}
load('lib', 'npm.js')
load('node_modules', '@npmcli', 'arborist')
load('lib', 'commands', process.argv[2] + '.js')

const text = fs.readFileSync(3, 'utf8')
if (text === '') {
  process.exit(1)
}
const word = JSON.parse(text)
for (const name of word.unset) {
  delete process.env[name]
}
Object.assign(process.env, word.set)
process.argv.length = 2
process.argv.push(...word.args)
fs.writeSync(4, '.')
fs.closeSync(3)
fs.closeSync(4)
