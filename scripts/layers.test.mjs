// The arrows of ARCHITECTURE.md as lint rules: wrong imports are planted in a copy of the tree's shape and must be
// caught; right ones beside them must not.
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { at } from './lib/paths.mjs'

/** File, what it imports. One file each, so that a finding names its plant. */
const wrong = [
  ['renderer/app/a.ts', 'electron'],
  ['renderer/app/b.ts', 'node:fs'],
  ['renderer/app/c.ts', 'fs'],
  ['renderer/app/d.ts', '../../engine/host/serve.ts'],
  ['renderer/app/e.ts', '../../electron/ipc-channels.ts'],
  ['renderer/app/f.ts', '../../engine/storage/migrations/0001.ts'],
  ['renderer/app/g.ts', 'better-sqlite3'],
  ['renderer/app/h.test.ts', 'electron'],
  ['renderer/features/chat/a.ts', '../settings/settings-slice.ts'],
  ['renderer/features/chat/b.ts', '../../features/settings/settings-slice.ts'],
  ['renderer/features/chat/c.ts', '../../app/App.tsx'],
  ['renderer/features/chat/d.ts', '../../../engine/sessions/sessions.ts'],
  ['renderer/features/chat/parts/a.ts', '../../settings/settings-slice.ts'],
  ['renderer/store/a.ts', '../app/App.tsx'],
  ['renderer/ui/a.ts', '../features/chat/chat-slice.ts'],
  ['renderer/ui/b.ts', '../store/store.ts'],
  ['engine/contract/a.ts', 'node:fs'],
  ['engine/contract/b.ts', '../storage/database.ts'],
  ['engine/contract/c.ts', 'better-sqlite3'],
  ['engine/host/a.ts', 'electron'],
  ['engine/host/b.ts', '../../renderer/store/store.ts'],
  ['engine/host/c.ts', '../../electron/supervisor.ts'],
  ['engine/host/d.ts', 'node:http'],
  ['engine/host/e.ts', 'ws'],
  ['engine/host/f.ts', 'react'],
  ['engine/host/g.test.ts', 'electron'],
  ['engine/prompt/a.ts', '../storage/database.ts'],
  ['engine/prompt/b.ts', '../sessions/sessions.ts'],
  ['engine/learning/a.ts', '../storage/preferences.ts'],
  ['engine/storage/a.ts', '../sessions/sessions.ts'],
  ['engine/storage/migrations/a.ts', '../../host/serve.ts'],
  ['engine/inference/a.ts', '../storage/database.ts'],
  ['engine/inference/b.ts', 'electron'],
  ['engine/models/a.ts', '../storage/database.ts'],
  ['engine/sessions/a.ts', '../host/serve.ts'],
  ['engine/egress/a.ts', '../tools/tools.ts'],
  ['engine/tools/a.ts', 'node:http'],
  ['engine/tools/b.ts', '../sessions/sessions.ts'],
  ['engine/tools/built-in/a.ts', 'node:fs'],
  ['engine/tools/built-in/b.ts', 'node:child_process'],
  ['engine/tools/built-in/c.ts', 'node:net'],
  ['engine/tools/built-in/d.ts', '../granted-files.ts'],
  ['engine/tools/built-in/e.ts', '../../egress/broker.ts'],
  ['engine/mcp/a.ts', 'node:https'],
  ['engine/agent/a.ts', '../storage/database.ts'],
  ['electron/a.ts', 'electron'],
  ['electron/b.ts', './web/child-engine.ts'],
  ['electron/c.ts', 'ws'],
  ['electron/main/a.ts', 'node:http'],
  ['electron/main/b.ts', 'ws'],
  ['electron/main/c.ts', '../web/child-engine.ts'],
  ['electron/main/d.ts', '../../engine/host/serve.ts'],
  ['electron/main/e.ts', '../../renderer/store/store.ts'],
  ['electron/main/f.ts', 'better-sqlite3'],
  ['electron/preload/a.ts', '../../engine/host/serve.ts'],
  ['electron/web/a.ts', 'electron'],
  ['electron/web/b.ts', '../main/menu.ts'],
  ['electron/web/c.ts', '../../engine/storage/database.ts'],
  ['scripts/a.mjs', 'vite'],
  ['scripts/lib/b.mjs', '../../engine/contract/ids.ts'],
]
const right = [
  ['renderer/app/right.ts', '../../engine/contract/ids.ts'],
  ['renderer/app/right-too.ts', '../features/chat/Chat.tsx'],
  ['renderer/features/chat/right.ts', '../../store/store.ts'],
  ['renderer/features/chat/right-too.ts', '../../../engine/contract/ids.ts'],
  ['renderer/features/chat/right-three.ts', './chat-slice.ts'],
  ['renderer/features/chat/parts/right.ts', '../chat-slice.ts'],
  ['renderer/features/chat/parts/right-too.ts', '../../../ui/Button.tsx'],
  ['renderer/store/right.ts', '../features/chat/chat-slice.ts'],
  ['engine/contract/right.ts', 'zod'],
  ['engine/contract/right-too.ts', './ids.ts'],
  ['engine/host/right.ts', '../sessions/sessions.ts'],
  ['engine/sessions/right.ts', '../storage/database.ts'],
  ['engine/prompt/right.ts', '../contract/ids.ts'],
  ['engine/storage/migrations/right.ts', '../migrate.ts'],
  ['engine/egress/right.ts', 'node:https'],
  ['engine/tools/right.ts', '../egress/broker.ts'],
  ['engine/tools/built-in/right.ts', '../hands.ts'],
  ['engine/mcp/right.ts', '../tools/tool.ts'],
  ['engine/agent/right.ts', '../tools/belt.ts'],
  ['electron/right.ts', '../engine/contract/wire.ts'],
  ['electron/main/right.ts', 'electron'],
  ['electron/preload/right.ts', '../../engine/contract/bridge.ts'],
  ['electron/web/right.ts', 'ws'],
  ['electron/web/right-too.ts', 'node:http'],
  ['scripts/right.mjs', 'node:fs'],
  ['scripts/lib/right.mjs', './paths.mjs'],
]

let folder
let findings

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'hearth-layers-'))
  const configuration = JSON.parse(fs.readFileSync(at('biome.json'), 'utf8'))
  delete configuration.vcs // the copy is no repository
  fs.writeFileSync(path.join(folder, 'biome.json'), JSON.stringify(configuration))
  for (const [file, name] of [...wrong, ...right]) {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
    fs.writeFileSync(path.join(folder, file), `import { a } from '${name}'\nconsole.log(a)\n`)
  }
  findings = lint()
}, 60_000)
afterAll(() => fs.rmSync(folder, { recursive: true }))

/** The files that the layer rules object to. Lint ends badly when it finds something, so its output is what counts. */
function lint() {
  const biome = at('node_modules', '@biomejs', 'biome', 'bin', 'biome')
  const args = [biome, 'lint', '--reporter=json', '--max-diagnostics=none', '.']
  let output
  try {
    output = execFileSync(process.execPath, args, {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
  } catch (error) {
    output = error.stdout
  }
  const { diagnostics } = JSON.parse(output)
  const layerRules = ['lint/style/noRestrictedImports', 'lint/correctness/noNodejsModules']
  return new Set(
    diagnostics
      .filter(({ category, severity }) => layerRules.includes(category) && severity === 'error')
      .map(({ location }) => (typeof location.path === 'string' ? location.path : location.path.file)),
  )
}

test.each(wrong)('%s may not import %s', (file) => {
  expect([...findings]).toContain(file)
})

test('right imports pass', () => {
  expect([...findings].filter((file) => right.some(([name]) => name === file))).toEqual([])
})
