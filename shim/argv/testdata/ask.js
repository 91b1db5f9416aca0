// Asks one installed npm how it reads command lines, without running any: node ask.js NPM_FOLDER < lines.json
// A line is {"argv": [...], "npx": bool}; the answer, in the same order, {"cmd", "remain", "conf", "notes", "error"}.
'use strict'
const root = process.argv[2]
const nopt = require(root + '/node_modules/nopt')
const { definitions, shorthands } = require(root + '/node_modules/@npmcli/config/lib/definitions')
const Config = require(root + '/node_modules/@npmcli/config')
const typeDefs = Config.typeDefs || require(root + '/node_modules/@npmcli/config/lib/type-defs.js')
const { deref } = require(root + '/lib/utils/cmd-list.js')
const Module = require('node:module')
const major = Number(require(root + '/package.json').version.split('.')[0])

const types = {}
for (const [key, def] of Object.entries(definitions)) types[key] = def.type
nopt.typeDefs = typeDefs

// npx's own script, its last step replaced.
const npxFile = require.resolve(root + '/bin/npx-cli.js')
const cliFile = require.resolve(root + '/lib/cli.js')
const load = Module._load
Module._load = function (request, parent, isMain) {
  if (parent && parent.filename === npxFile && request === '../lib/cli.js') return () => {}
  return load.apply(this, arguments)
}
function npx (argv) {
  const saved = process.argv
  const error = console.error
  process.argv = ['node', npxFile, ...argv]
  console.error = () => {}
  delete require.cache[npxFile]
  try { require(npxFile); return process.argv.slice(2) } finally { process.argv = saved; console.error = error }
}

function ask ({ argv, npx: asNpx }) {
  const notes = []
  try {
    const words = asNpx ? npx(argv) : argv
    if (major >= 12) {
      for (const s of Object.keys(shorthands)) if (s.length > 1 && words.includes('-' + s)) return { error: 'single' }
    }
    nopt.invalidHandler = k => notes.push('invalid:' + k)
    nopt.unknownHandler = (k, next) => notes.push('unknown:' + k + (next ? '>' + next : ''))
    nopt.abbrevHandler = (from, to) => {
      if (major >= 12) throw Object.assign(new Error('abbrev'), { abbrev: true })
      notes.push('abbrev:' + from + '>' + to)
    }
    const { argv: { remain }, ...conf } = nopt(types, shorthands, ['node', 'npm', ...words], 2)
    return { cmd: deref(remain[0]) || null, remain, conf, notes }
  } catch (e) {
    return { error: e.abbrev ? 'abbrev' : String(e) }
  }
}

process.stdout.write(JSON.stringify(JSON.parse(require('node:fs').readFileSync(0, 'utf8')).map(ask)))
