// What the Metal checks decide by themselves: which kernels are refused, and which program files a Mac would refuse.
import { expect, test } from 'vitest'
import { scan } from '../native/tests/metal_on_cpu/scan_kernels.mjs'
import { readMachO } from './lib/mach-o.mjs'
import { draw, mutate, sites } from './mutate-kernels.mjs'
import { problemsOf } from './test-metal.mjs'

const kernel = (body, parameters = 'device float* y [[buffer(0)]]') => `kernel void k(${parameters}) {\n${body}\n}`

test('a kernel of the subset is read with its buffers', () => {
  const { entries, problems } = scan(
    kernel(
      'y[lane] = x[lane] * 2.0f;',
      'device float* y [[buffer(0)]], device const float* x [[buffer(1)]], uint lane [[thread_index_in_simdgroup]]',
    ),
  )
  expect(problems).toEqual([])
  expect(entries).toHaveLength(1)
  expect(entries[0].parameters.map(({ name, writes }) => [name, writes])).toEqual([
    ['y', true],
    ['x', false],
    ['lane', undefined],
  ])
})

test('a template needs instances, and each instance its template', () => {
  const template = `template <int N>\n${kernel('y[N] = 0.0f;')}`
  expect(scan(template).problems.join()).toContain('never instantiated')
  expect(scan(`${template}\nINSTANTIATE("k_1", k<1>)`).entries.map(({ label }) => label)).toEqual(['k_1'])
  expect(scan('INSTANTIATE("other_1", other<1>)').problems.join()).toContain('no kernel of this file')
})

test.each([
  ['double d = 0.0f;', 'a GPU has no double'],
  ['y[0] = 1.0;', 'a literal without f'],
  ['y[0] = 1.0h;', 'no suffix h'],
  ['float4 v = static_cast<float4>(u);', 'reinterpret bits'],
  ['if constexpr (true) y[0] = 1.0f;', 'C++14'],
  ['m.thread_elements();', 'layout of a simdgroup matrix'],
  ['std::swap(a, b);', 'standard library'],
  ['goto end;', 'goto'],
])('%s is refused', (line, advice) => {
  expect(scan(kernel(line)).problems.join()).toContain(advice)
})

test.each([
  ['device float* y [[bufer(0)]]', 'unknown attribute [[bufer]]'],
  ['device float* y', 'exactly one [[attribute]]'],
  ['float* y [[buffer(0)]]', 'device or constant memory'],
  ['device float* y [[buffer(31)]]', 'from 0 to 30'],
  ['device float* y [[buffer(0)]], device float* x [[buffer(0)]]', 'share a buffer index'],
  ['device float* y [[buffer(0)]], float lane [[thread_index_in_simdgroup]]', 'unsigned type'],
  ['device float* y [[buffer(0)]], uint3 lane [[thread_index_in_simdgroup]]', 'one number'],
])('a parameter %s is refused', (parameters, advice) => {
  expect(scan(kernel('', parameters)).problems.join()).toContain(advice)
})

test('what stands in a comment is no code', () => {
  expect(scan(`// goto 1.0 double\n/* std::swap */\n${kernel('y[0] = 1.0f;')}`).problems).toEqual([])
})

test('a file that is no program for Apple silicon is told so', () => {
  expect(() => readMachO(Buffer.from('not a program, but a sentence of more than 32'))).toThrow('Mach-O')
  const intel = Buffer.alloc(64)
  intel.writeUInt32LE(0xfeedfacf, 0)
  intel.writeUInt32LE(0x01000007, 4)
  expect(() => readMachO(intel)).toThrow('arm64')
})

test('each thing that would keep a Mac from loading the addon is named', () => {
  const good = {
    fileType: 'dylib',
    minimumSystem: '13.0',
    libraries: ['/usr/lib/libSystem.B.dylib'],
    exported: ['_napi_register_module_v1'],
    imported: ['_napi_create_function'],
    isSigned: true,
  }
  expect(problemsOf(good)).toEqual([])
  for (const bad of [
    { fileType: 'other' },
    { minimumSystem: '14.0' },
    { libraries: ['/System/Library/Frameworks/Metal.framework/Metal'] },
    { exported: [] },
    { imported: ['_napi_create_function', '_objc_msgSend'] },
    { imported: [] },
    { isSigned: false },
  ])
    expect(problemsOf({ ...good, ...bad })).toHaveLength(1)
})

test('a mutant is one token of code, and the same seed draws the same ones', () => {
  const text = '// a + b\n#define X 1 + 2\ny[i] = a + 2;\n'
  const all = sites(text, 'k.metal')
  expect(all.map(({ line, was, put }) => [line, was, put])).toEqual([
    [2, ' + ', ' - '],
    [2, '2', '3'],
  ])
  expect(all.map((site) => mutate(text, site).split('\n')[2])).toEqual(['y[i] = a - 2;', 'y[i] = a + 3;'])
  const many = Array.from({ length: 40 }, (_, line) => ({ line }))
  expect(draw(many, 9, 3)).toEqual(draw(many, 9, 3))
  expect(draw(many, 9, 3)).not.toEqual(draw(many, 9, 4))
  expect(new Set(draw(many, 40, 3)).size).toBe(40)
})
