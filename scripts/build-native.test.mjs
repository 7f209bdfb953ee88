// The build script on a project of its own: a copy of it beside a native/ that CMake builds in no time.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const script = path.join(import.meta.dirname, 'build-native.mjs')
let project = ''

beforeEach(() => {
  project = fs.mkdtempSync(path.join(tmpdir(), 'hearth-build-'))
  write('package.json', '{"version":"1.2.3"}')
  write('node_modules/node-addon-api/napi.h', '')
  write(
    'native/CMakeLists.txt',
    'cmake_minimum_required(VERSION 3.22)\nproject(fake LANGUAGES NONE)\nadd_subdirectory(binding)\n',
  )
  write('native/binding/CMakeLists.txt', recipe('touch'))
  write('native/core/model.cc', 'one')
  write('scripts/build-native.mjs', fs.readFileSync(script))
})
afterEach(() => fs.rmSync(project, { recursive: true, force: true }))

const recipe = (command) =>
  `add_custom_target(hearth_node COMMAND \${CMAKE_COMMAND} -E ${command} \${CMAKE_CURRENT_BINARY_DIR}/hearth.node)\n`

function write(name, text) {
  fs.mkdirSync(path.join(project, path.dirname(name)), { recursive: true })
  fs.writeFileSync(path.join(project, name), text)
}

const entry = () => path.join(project, 'scripts', 'build-native.mjs')
const isThere = (name) => fs.existsSync(path.join(project, name))
const build = (env = process.env) => spawnSync(process.execPath, [entry()], { encoding: 'utf8', env })

describe('build-native', () => {
  it('builds once, and again only when a source of the addon has changed', () => {
    expect(build()).toMatchObject({ status: 0, stdout: '', stderr: expect.stringContaining('compiling') })
    expect(isThere('build/hearth.node')).toBe(true)
    expect(build()).toMatchObject({ status: 0, stderr: 'Native engine: up to date\n' })
    write('native/tests/model_test.cc', 'not part of the addon')
    expect(build()).toMatchObject({ status: 0, stderr: 'Native engine: up to date\n' })
    write('native/core/model.cc', 'two')
    expect(build()).toMatchObject({ status: 0, stderr: expect.stringContaining('compiling') })
    fs.rmSync(path.join(project, 'build', 'hearth.node'))
    expect(build()).toMatchObject({ status: 0, stderr: expect.stringContaining('compiling') })
  })

  it('says in one sentence what to install where CMake and the compiler are missing', () => {
    const { status, stderr } = build({ PATH: '/nowhere' })
    expect(status).toBe(1)
    expect(stderr).toMatch(/^Hearth builds its engine here and found neither CMake nor a C\+\+20 compiler: .*\.\n$/)
    if (process.platform !== 'darwin') expect(stderr).toContain('apt-get install g++ cmake')
    expect(stderr).toContain('xcode-select --install')
  })

  it('keeps what was built when the tools are gone and the sources are the same', () => {
    expect(build().status).toBe(0)
    expect(build({ PATH: '/nowhere' })).toMatchObject({ status: 0, stderr: 'Native engine: up to date\n' })
  })

  it('shows what the tools printed when the build fails, and does not take it for built', () => {
    write('native/binding/CMakeLists.txt', recipe('cat'))
    for (let round = 0; round < 2; round++)
      expect(build()).toMatchObject({
        status: 1,
        stderr: expect.stringMatching(/hearth\.node[\s\S]*what it printed is above/),
      })
    expect(isThere('build/native.lock')).toBe(false)
  })

  it('is built by one of several at once; a lock that a dead process left is taken over', async () => {
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    write('build/native.lock', String(pid))
    const all = Array.from({ length: 3 }, () =>
      spawn(process.execPath, [entry()], { stdio: ['ignore', 'ignore', 'pipe'] }),
    )
    const texts = all.map(() => '')
    for (const [index, child] of all.entries())
      child.stderr.on('data', (chunk) => {
        texts[index] += chunk
      })
    expect(await Promise.all(all.map((child) => once(child, 'close')))).toEqual([
      [0, null],
      [0, null],
      [0, null],
    ])
    expect(texts.filter((text) => text.includes('compiling'))).toHaveLength(1)
    expect(isThere('build/native.lock')).toBe(false)
  })
})
