// native/tests/metal_on_cpu/scan_kernels.mjs: reads .metal files, holds them to our subset of the language, and writes
// the C++ that lets the emulator call each kernel.
//
//   node scan_kernels.mjs OUT_FOLDER FILE.metal ...
//
// clang drops attributes that it does not know, so that a misspelt one would compile: this file owns them. What it
// refuses, Apple's compiler would refuse as well, or a GPU would do in some way of its own.
import fs from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/** Built-in attribute: how a trampoline makes its value from `ids`, and whether it is a vector. */
const builtIns = {
  thread_position_in_grid: {
    vector: true,
    value:
      '{ids.group_at.x * ids.threads.x + ids.thread_at.x, ids.group_at.y * ids.threads.y + ids.thread_at.y, ids.group_at.z * ids.threads.z + ids.thread_at.z}',
  },
  threadgroup_position_in_grid: { vector: true, value: 'ids.group_at' },
  thread_position_in_threadgroup: { vector: true, value: 'ids.thread_at' },
  threads_per_threadgroup: { vector: true, value: 'ids.threads' },
  threadgroups_per_grid: { vector: true, value: 'ids.groups' },
  thread_index_in_threadgroup: { vector: false, value: 'ids.index' },
  thread_index_in_simdgroup: { vector: false, value: 'ids.lane' },
  simdgroup_index_in_threadgroup: { vector: false, value: 'ids.simdgroup' },
  simdgroups_per_threadgroup: { vector: false, value: 'ids.simdgroups' },
}
const integerTypes = new Set(['uint', 'ushort', 'uint2', 'uint3', 'ushort2', 'ushort3'])

/** Words and signs that our kernels do without, each with what to write instead. */
const forbidden = [
  [/\bdouble\b/, 'a GPU has no double; use float'],
  [/\bgoto\b/, 'goto does not exist in Metal'],
  [/\b(new|delete|throw|virtual|try)\b/, 'this word of C++ does not exist in Metal'],
  [/\bstd::/, 'the standard library does not exist in Metal; use metal_stdlib'],
  [
    /\bstatic_cast\s*<\s*(float|half|int|uint|ushort|uchar|char)[234]\b/,
    'clang would reinterpret bits; write float4(x)',
  ],
  [/\bvec\s*<[^>]*>\s*\(/, 'clang would reinterpret bits; write float4(x)'],
  [/\bthread_elements\b/, 'the layout of a simdgroup matrix is unknown; use simdgroup_load and simdgroup_store'],
  [/(?<![\w.])\d+\.\d*(e[-+]?\d+)?(?![\w.])/i, 'a literal without f is a double in C++; write 1.0f'],
  [/\b\d+\.\d*h\b/, 'clang has no suffix h; write half(1.0f)'],
  [/\bif\s+constexpr\b|\binline\s+constexpr\b|(?<!using\s)\bnamespace\s+\w+::\w+/, 'Metal before 4 is C++14'],
  [/\b(auto|const)\s*&?\s*\[\w+\s*,/, 'structured bindings are C++17, Metal before 4 is C++14'],
  [/\b(long long|size_t)\b/, 'use ulong for byte offsets, uint for elements'],
]

/** The text with comments and strings' insides blanked out; lines stay where they are. */
function withoutComments(text) {
  return text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (comment) => comment.replace(/[^\n]/g, ' '))
}

/** The index of the bracket that closes the one at `open`. */
function closing(text, open) {
  const pairs = { '(': ')', '{': '}', '[': ']' }
  let depth = 0
  for (let at = open; at < text.length; ++at) {
    if (text[at] === text[open]) ++depth
    else if (text[at] === pairs[text[open]] && --depth === 0) return at
  }
  throw new Error(`a bracket at character ${open} is never closed`)
}

/** Parts between commas that are outside all brackets. */
function splitParameters(text) {
  const parts = []
  let depth = 0
  let current = ''
  for (const character of text) {
    if ('(<[{'.includes(character)) ++depth
    if (')>]}'.includes(character)) --depth
    if (character === ',' && depth === 0) {
      parts.push(current)
      current = ''
    } else current += character
  }
  return current.trim() === '' ? parts : [...parts, current]
}

function readParameter(text, complain) {
  const declaration = text
    .replace(/\[\[[\s\S]*?\]\]/g, '')
    .trim()
    .replace(/\s+/g, ' ')
  const attributes = [...text.matchAll(/\[\[\s*(\w+)(?:\((\d+)\))?\s*\]\]/g)]
  const name = /(\w+)$/.exec(declaration)?.[1] ?? declaration
  if (attributes.length !== 1) {
    complain(`parameter "${declaration}" needs exactly one [[attribute]]`)
    return null
  }
  const [, attribute, number] = attributes[0]
  if (attribute === 'buffer') {
    const index = Number(number)
    const isConstant = /\bconstant\b/.test(declaration)
    if (number === undefined || index > 30) complain(`"${name}" needs a buffer index from 0 to 30`)
    if (!isConstant && !/\bdevice\b/.test(declaration)) complain(`"${name}" must be in device or constant memory`)
    return { kind: 'buffer', index, name, writes: !isConstant && !/\bconst\b/.test(declaration) }
  }
  const builtIn = builtIns[attribute]
  if (builtIn === undefined) {
    complain(`unknown attribute [[${attribute}]]`)
    return null
  }
  const type = declaration.replace(/\s*\w+$/, '').replace('const ', '')
  if (!integerTypes.has(type)) complain(`[[${attribute}]] needs an unsigned type, has ${type}`)
  if (!builtIn.vector && /[23]$/.test(type)) complain(`[[${attribute}]] is one number, not ${type}`)
  return { kind: 'builtIn', attribute, name }
}

/**
 * @returns {{ entries: readonly { label: string, callee: string, parameters: readonly object[] }[], problems: readonly string[] }}
 */
export function scan(source, file = 'kernel') {
  const text = withoutComments(source)
  const problems = []
  const lineOf = (at) => text.slice(0, at).split('\n').length
  for (const [index, line] of text.split('\n').entries()) {
    if (/^\s*#/.test(line)) continue
    for (const [pattern, advice] of forbidden) {
      if (pattern.test(line)) problems.push(`${file}:${index + 1}: ${advice}: ${line.trim()}`)
    }
  }
  const kernels = new Map()
  for (const match of text.matchAll(/\bkernel\s+void\s+(\w+)\s*\(/g)) {
    const open = match.index + match[0].length - 1
    const complain = (what) => problems.push(`${file}:${lineOf(match.index)}: ${match[1]}: ${what}`)
    const parameters = splitParameters(text.slice(open + 1, closing(text, open))).map((p) => readParameter(p, complain))
    const indices = parameters.filter((p) => p?.kind === 'buffer').map((p) => p.index)
    if (new Set(indices).size !== indices.length) complain('two parameters share a buffer index')
    const isTemplate = /template\s*<[^<>]*>\s*$/.test(text.slice(0, match.index))
    kernels.set(match[1], { parameters: parameters.filter((p) => p !== null), isTemplate, line: lineOf(match.index) })
  }
  const entries = []
  const instantiated = new Set()
  for (const match of text.matchAll(/\bINSTANTIATE\s*\(\s*"(\w+)"\s*,\s*((\w+)\s*<[^()]*>)\s*\)/g)) {
    const [, label, callee, name] = match
    const kernel = kernels.get(name)
    if (kernel === undefined)
      problems.push(`${file}:${lineOf(match.index)}: "${label}" instantiates no kernel of this file`)
    else entries.push({ label, callee, parameters: kernel.parameters })
    instantiated.add(name)
  }
  for (const [name, { parameters, isTemplate, line }] of kernels) {
    if (!isTemplate) entries.push({ label: name, callee: name, parameters })
    else if (!instantiated.has(name)) problems.push(`${file}:${line}: the template ${name} is never instantiated`)
  }
  return { entries, problems }
}

/** C++ that includes the kernel file and registers a trampoline for each entry. */
function trampolines(file, entries) {
  const functions = entries.map(({ callee, parameters }, number) => {
    const values = parameters.map((parameter, index) =>
      parameter.kind === 'buffer'
        ? `bound<Parameter${index}>(arguments.buffers[${parameter.index}])`
        : `built_in<Parameter${index}>(${builtIns[parameter.attribute].value})`,
    )
    return `void run_${number}(const Arguments& arguments, const ThreadIds& ids) {
  constexpr auto callee = &${callee};
  using Signature = SignatureOf<std::remove_const_t<decltype(callee)>>;
${parameters.map((_, index) => `  using Parameter${index} = typename Signature::template at<${index}>;`).join('\n')}
  (void)arguments, (void)ids;
  callee(${values.join(', ')});
}`
  })
  const registrations = entries.map(({ label, parameters }, number) => {
    const buffers = parameters
      .filter((p) => p.kind === 'buffer')
      .map((p) => `{${p.index}, ${p.writes}, "${p.name}"}`)
      .join(', ')
    return `    register_kernel({"${label}", run_${number}, {${buffers}}});`
  })
  return `#include "${file}"
#include "metal_on_cpu/shim/trampoline.h"
namespace {
using namespace hearth::emulator;
${functions.join('\n')}
struct Registration {
  Registration() {
${registrations.join('\n')}
  }
} registration;
}  // namespace
`
}

function main([out, ...files]) {
  let failed = false
  for (const file of files) {
    const { entries, problems } = scan(fs.readFileSync(file, 'utf8'), path.basename(file))
    for (const problem of problems) console.error(`error: ${problem}`)
    failed ||= problems.length > 0
    if (file.endsWith('.metal'))
      fs.writeFileSync(path.join(out, `${path.basename(file)}.cc`), trampolines(path.resolve(file), entries))
  }
  process.exitCode = failed ? 1 : 0
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main(process.argv.slice(2))
