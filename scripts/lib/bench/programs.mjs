// scripts/lib/bench/programs.mjs: our own side of a measurement: the programs, and files in the shape of real models.
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { runCommand, tail } from '../command.mjs'
import { at } from '../paths.mjs'
import { Problem } from '../problem.mjs'

/** @returns {Promise<{ engine: string, shaped: string }>} Paths of the built programs. Throws `Problem`. */
export async function buildPrograms(cache, compiler, say) {
  const build = path.join(cache, 'build')
  const configure = [`-DCMAKE_CXX_COMPILER=${compiler}`, '-DHEARTH_BINDING=OFF', '-DCMAKE_BUILD_TYPE=RelWithDebInfo']
  const targets = ['--target', 'bench-engine', 'make-shaped-model']
  for (const args of [
    ['-S', at('native'), '-B', build, ...configure],
    ['--build', build, '--parallel', '2', ...targets],
  ]) {
    say('building the engine')
    const { code, output } = await runCommand('cmake', args)
    if (code !== 0)
      throw new Problem(`${tail(output, 15)}\nThe engine was expected to build, but CMake ended with ${code}.`)
  }
  const program = (name) => path.join(build, 'tools', name)
  return { engine: program('bench-engine'), shaped: program('make-shaped-model') }
}

/** A file of that shape and format, written once. `bytesPerToken`: weights that one token reads. */
export async function shapedModel(cache, program, shape, format, say) {
  const folder = path.join(cache, 'models')
  const file = path.join(folder, `${shape}-${format}.gguf`)
  const writer = createHash('sha256').update(fs.readFileSync(at('native', 'tools', 'make_shaped_model.cc')))
  const facts = `${file}.${writer.digest('hex').slice(0, 8)}.json` // another writer, another file
  if (!fs.existsSync(facts)) {
    say(`writing ${shape} at ${format}`)
    fs.mkdirSync(folder, { recursive: true })
    const vocabulary = path.join(folder, 'vocabulary.gguf')
    const packed = at('native', 'tests', 'golden', 'vocab', 'gemma4-vocab.gguf.gz')
    fs.writeFileSync(vocabulary, gunzipSync(fs.readFileSync(packed)))
    const { code, output } = await runCommand(program, [shape, format, vocabulary, file])
    if (code !== 0) throw new Problem(`${output.trim()} The file for the measurement could not be written (${code}).`)
    fs.writeFileSync(facts, output)
  }
  return { file, bytesPerToken: JSON.parse(fs.readFileSync(facts, 'utf8')).bytes_per_token }
}
