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
const cacheOf = world => ({
  has: () => true,
  get: key => {
    const name = decodeURIComponent(key.slice(key.indexOf('registry.invalid/') + 'registry.invalid/'.length))
    const doc = world[name]
    if (!doc) {
      return Promise.reject(Object.assign(new Error('404 ' + name), { code: 'E404' }))
    }
    return JSON.parse(JSON.stringify(doc))
  },
  set () {},
  delete () {},
})

const build = async q => {
  for (const [name, text] of Object.entries(q.files || {})) {
    const file = path.join(q.dir, name)
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text)
  }
  const options = {
    path: q.dir,
    registry: 'https://registry.invalid/',
    packumentCache: cacheOf(q.world),
    npmVersion,
    nodeVersion: process.version,
    cache: path.join(q.dir, '.cache'),
    save: true,
    ...q.options,
  }
  if (options.before) {
    options.before = new Date(options.before)
  }
  const arb = new Arborist(options)
  const tree = await arb.buildIdealTree(q.build)
  const meta = tree.meta.commit()
  return { packages: meta.packages || {}, lock: JSON.stringify(meta) }
}

const reply = (q, answer) => process.stdout.write(JSON.stringify({ id: q.id, ...answer }) + '\n')

const main = async () => {
  process.on('log', () => {})
  process.stdout.write('{}\n') // ready
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const q = JSON.parse(line)
    try {
      reply(q, await build(q))
    } catch (er) {
      reply(q, { code: er.code || 'unknown', message: String(er.stack || er) })
    }
  }
}

main()
