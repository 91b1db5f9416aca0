// Builds trees with an installed npm's own Arborist, for the tests to compare
// with. One request a line on standard input, one answer a line on standard
// output. Usage: node arborist.cjs NPM_FOLDER
'use strict'
const fs = require('node:fs')
const path = require('node:path')
const readline = require('node:readline')

const npm = process.argv[2]
const Arborist = require(require.resolve('@npmcli/arborist', { paths: [npm] }))
const { version: npmVersion } = require(path.join(npm, 'package.json'))

// A cache that has every packument of the world, and knows of no other.
const cacheOf = (world, registry) => ({
  has: () => true,
  get: key => {
    const name = decodeURIComponent(key.slice(key.indexOf(registry) + registry.length))
    const doc = world[name]
    if (!doc) {
      return Promise.reject(Object.assign(new Error('404 ' + name), { code: 'E404' }))
    }
    return JSON.parse(JSON.stringify(doc))
  },
  set () {},
  delete () {},
})

// A large world comes as a file, read once.
const worlds = {}
const worldOf = q =>
  q.worldFile ? (worlds[q.worldFile] ??= JSON.parse(fs.readFileSync(q.worldFile, 'utf8'))) : q.world

// Files of a project; «link:TARGET» is a symbolic link. times has seconds from
// now for paths, deepest first, since writing a file changes its folder.
const writeFiles = q => {
  for (const [name, text] of Object.entries(q.files || {})) {
    const file = path.join(q.dir, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    if (text.startsWith('link:')) {
      fs.symlinkSync(text.slice('link:'.length), file)
    } else {
      fs.writeFileSync(file, text)
    }
  }
  const now = Date.now() / 1000
  const byDepth = Object.keys(q.times || {}).sort((a, b) => b.split('/').length - a.split('/').length)
  for (const name of byDepth) {
    fs.utimesSync(path.join(q.dir, name), now + q.times[name], now + q.times[name])
  }
}

const build = async q => {
  writeFiles(q)
  const options = {
    path: path.join(q.dir, q.at || ''),
    registry: q.registry,
    packumentCache: cacheOf(worldOf(q), q.registry),
    npmVersion,
    nodeVersion: process.version,
    cache: path.join(q.dir, '.cache'),
    retry: { retries: 0 },
    save: true,
    ...q.options,
  }
  if (options.before) {
    options.before = new Date(options.before)
  }
  process.chdir(options.path)
  const arb = new Arborist(options)
  if (q.audit) {
    await arb.audit() // the tree is then built with the very nodes of the audit
  }
  if (q.reify) {
    await arb.reify({ ...q.build, ignoreScripts: true, audit: false })
    return {}
  }
  const tree = await arb.buildIdealTree(q.build)
  if (q.build && q.build.pruned) {
    for (const n of tree.inventory.values()) {
      if (n.extraneous) {
        n.parent = null
      }
    }
  }
  if (tree.meta.lockfileVersion === 1) {
    tree.meta.lockfileVersion = 3 // only what is told of it
  }
  const meta = tree.meta.commit()
  return { packages: plain(meta.packages), lock: JSON.stringify(meta) }
}

const reply = (q, answer) => process.stdout.write(JSON.stringify({ id: q.id, ...answer }) + '\n')

// Entries of which a package has made what no lockfile has.
const plain = (packages = {}) => {
  for (const e of Object.values(packages)) {
    for (const key of ['name', 'version', 'resolved', 'integrity']) {
      if (e[key] !== undefined && typeof e[key] !== 'string') {
        e[key] = JSON.stringify(e[key])
      }
    }
  }
  return packages
}

// What npm says of a conflict, line by line; a package that it has already been
// through it names without saying where that is.
const factsOf = er => {
  if (er.code !== 'ERESOLVE') {
    return undefined
  }
  const node = n => n.name === undefined ? 'the project'
    : `${n.name}@${n.version ?? ''}` + (n.location ? ` (${n.location})` : '')
  const edge = e => `${e.type} ${e.name}@${JSON.stringify(e.spec)}` +
    (e.overridden ? ` (overridden, was ${JSON.stringify(e.rawSpec)})` : '') + ` from ${node(e.from)}`
  const current = er.current || er.peerConflict?.current
  const resolving = er.dep?.whileInstalling || er.current?.whileInstalling || er.edge.from?.whileInstalling
  return [
    resolving && `resolving ${node(resolving)}`,
    current && `found ${node(current)}`,
    ...(current?.dependents || []).map(e => `found for ${edge(e)}`),
    !current && er.currentEdge && `beside ${edge(er.currentEdge)}`,
    `wanted ${edge(er.edge)}`,
    er.peerConflict?.peer && `peer ${node(er.peerConflict.peer)}`,
    ...(er.peerConflict?.peer?.dependents || []).map(e => `peer for ${edge(e)}`),
  ].filter(Boolean)
}

// npm ends with what nobody caught, also where the build would have gone on.
const uncaught = () => new Promise((_, reject) => {
  for (const event of ['unhandledRejection', 'uncaughtException']) {
    process.removeAllListeners(event)
    process.on(event, reject)
  }
})

const main = async () => {
  process.on('log', () => {})
  process.stdout.write('{}\n') // ready
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const q = JSON.parse(line)
    try {
      reply(q, await Promise.race([build(q), uncaught()]))
    } catch (er) {
      reply(q, { code: String(er.code || 'unknown'), message: String(er.stack || er), facts: factsOf(er) })
    }
  }
}

main()
