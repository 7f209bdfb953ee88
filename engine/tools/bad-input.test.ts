// engine/tools/bad-input.test.ts: paths that want out, text that hides, results that are too much or nothing to read.
import { linkSync, mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tempFolder } from '../storage/test-support.ts'
import { cleanText, cleanValue, cutText, decodeText, oneLine } from './clean-text.ts'
import { textOfDocument, textOfHtml } from './document-text.ts'
import { lineDiff } from './line-diff.ts'
import { call, setUpTools } from './test-support.ts'

test('no path leads out of a granted folder', async () => {
  const { belt: on, desk, storage } = setUpTools()
  const outside = join(realpathSync(tempFolder()), 'outside')
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret.txt'), 'secret')
  mkdirSync(`${desk}-twin`)
  writeFileSync(join(`${desk}-twin`, 'secret.txt'), 'secret')
  symlinkSync(outside, join(desk, 'link'))
  symlinkSync(join(outside, 'secret.txt'), join(desk, 'file-link'))
  symlinkSync(join(outside, 'not-there-yet'), join(desk, 'dangling'))
  const wants = [
    '../outside/secret.txt',
    'sub/../../outside/secret.txt',
    join(outside, 'secret.txt'),
    'link/secret.txt',
    'file-link',
    'dangling',
    `${desk}-twin/secret.txt`,
    join(storage.folder, 'hearth.db'),
    '/etc/passwd',
    '~/.ssh/id_rsa',
    '~root/x',
    '．．／secret.txt', // full width
    '․․/secret.txt', // one dot leaders
    '..∕secret.txt', // division slash
    'a\u202etxt.exe', // right to left
    'a\u200b.txt', // nothing to see
    'a\u0000.txt',
    'a\nb.txt',
    '',
    'x'.repeat(5000),
  ]
  for (const path of wants) {
    const read = await call(on().belt, 'read_file', { path })
    expect([path, read.ok]).toEqual([path, false])
    const written = await call(on().belt, 'write_file', { path, text: 'x' })
    expect([path, written.ok]).toEqual([path, false])
  }
  expect(readFileSync(join(outside, 'secret.txt'), 'utf8')).toBe('secret')
})

test('keys and passwords are left alone in a granted folder too', async () => {
  const { belt: on, desk } = setUpTools()
  for (const name of ['id_ed25519', 'server.pem', '.env', '.env.local', 'vault.kdbx']) {
    writeFileSync(join(desk, name), 'secret')
    expect((await call(on().belt, 'read_file', { path: name })).told).toMatchObject({
      error: expect.stringContaining('left alone'),
    })
  }
})

test('writing over one name of a file does not write the other name', async () => {
  const { belt: on, desk, waiting, decide } = setUpTools()
  const other = join(realpathSync(tempFolder()), 'other.txt')
  writeFileSync(other, 'before')
  linkSync(other, join(desk, 'same.txt'))
  const made = call(on().belt, 'write_file', { path: 'same.txt', text: 'after' })
  decide(await waiting(), { kind: 'once' })
  await made
  expect([readFileSync(other, 'utf8'), readFileSync(join(desk, 'same.txt'), 'utf8')]).toEqual(['before', 'after'])
})

test('a link that appears after the plan is not written through', async () => {
  const { belt: on, desk, waiting, decide, stepEnded } = setUpTools()
  const outside = realpathSync(tempFolder())
  const made = call(on().belt, 'write_file', { path: 'new/a.txt', text: 'x' })
  const step = await waiting()
  symlinkSync(outside, join(desk, 'new'))
  decide(step, { kind: 'once' })
  await made
  expect((await stepEnded(step.id)).status).not.toBe('done')
  expect(() => readFileSync(join(outside, 'a.txt'))).toThrow()
})

test('folders that would grant everything, or Hearth itself, cannot be granted', () => {
  const { commands, storage } = setUpTools()
  for (const path of [
    '/',
    '~',
    homedir(),
    storage.folder,
    join(storage.folder, '..'),
    '/not/there',
    'relative',
    '/etc/passwd',
  ])
    expect(() => commands['folder.grant']({ path, access: 'read' }), path).toThrow()
})

test('binary files, broken PDFs, pictures and files that are too large are refused by name', async () => {
  const { belt: on, desk } = setUpTools()
  writeFileSync(join(desk, 'a.png'), Buffer.from('89504e470d0a1a0a00000000', 'hex'))
  writeFileSync(join(desk, 'a.pdf'), '%PDF-1.7\nnot really')
  writeFileSync(join(desk, 'latin.txt'), Buffer.from([0x63, 0x61, 0x66, 0xe9, 0x20, 0x61]))
  writeFileSync(join(desk, 'big.txt'), Buffer.alloc(20_000_001, 'x'))
  const said = async (path: string) => (await call(on().belt, 'read_file', { path })).told
  expect(await said('a.png')).toMatchObject({ error: expect.stringContaining('PNG') })
  expect(await said('a.pdf')).toMatchObject({ error: expect.stringContaining('PDF') })
  expect(await said('latin.txt')).toMatchObject({ error: expect.stringContaining('not text') })
  expect(await said('big.txt')).toMatchObject({ error: expect.stringContaining('bytes') })
  expect(await said('.')).toMatchObject({ error: expect.any(String) })
})

test('a long result is cut for the model and for the screen, and says so', async () => {
  const { belt: on, desk, steps } = setUpTools()
  writeFileSync(join(desk, 'long.txt'), 'word '.repeat(100_000))
  const { told } = await call(on().belt, 'read_file', { path: 'long.txt' })
  expect(String(told.text).length).toBeLessThan(12_100)
  expect(told.text).toContain('[cut: ')
  expect(steps().at(-1)?.result).toMatchObject({
    cut: true,
    bytes: expect.toSatisfy((bytes: number) => bytes > 400_000),
  })
})

test('escapes, controls and invisible characters are taken out of text; words stay', () => {
  expect(cleanText('\u001b[31mred\u001b[0m \u001b]8;;http://evil.example\u0007link\u001b]8;;\u0007')).toBe('red link')
  expect(cleanText('50%\r100%\n')).toBe('100%\n')
  expect(cleanText('a\r\nb\u0008\u0000c\u200bd\u202ee\ufeff')).toBe('a\nbcde')
  expect(cleanText('Grüße, 日本語, 👩‍👩‍👧 <b>stay</b>\t')).toBe('Grüße, 日本語, 👩‍👩‍👧 <b>stay</b>\t')
  expect(oneLine('a\n\n b', 10)).toBe('a b')
  expect(cutText('x👩', 2).text.startsWith('x\n[cut')).toBe(true)
  expect(decodeText(Buffer.from('a\u0000b'))).toBeNull()
  const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => [inner], 'x')
  expect(JSON.stringify(cleanValue(deep)).length).toBeLessThan(100)
  expect(cleanValue({ 'a\u001b[1m\nb': Number.NaN })).toEqual({ 'a b': 'NaN' })
})

test('of a page, what a person would read is kept, and no script, style or hidden part', async () => {
  const html =
    '<html><head><title>T</title><style>p{}</style></head><body><script>steal()</script><!-- hidden -->' +
    '<p>One &amp; two&#33;</p><p style="display:none">secret</p><ul><li>three</li></ul><p hidden>four</p></body></html>'
  expect(textOfHtml(html)).toBe('One & two!\n\n- three')
  expect((await textOfDocument(Buffer.from('\ufeff# Title'), 'a.md')).text).toBe('# Title')
})

test('a diff counts lines, and leaves equal ones far away out', () => {
  const lines = Array.from({ length: 50 }, (_, i) => `line ${i}`)
  const after = lines.with(25, 'changed').concat('last')
  const { text, added, removed } = lineDiff(`${lines.join('\n')}\n`, `${after.join('\n')}\n`)
  expect([added, removed]).toEqual([2, 1])
  expect(text.split('\n')).toEqual([
    '@@ -23 +23 @@',
    ' line 22',
    ' line 23',
    ' line 24',
    '-line 25',
    '+changed',
    ' line 26',
    ' line 27',
    ' line 28',
    '@@ -48 +48 @@',
    ' line 47',
    ' line 48',
    ' line 49',
    '+last',
  ])
  expect(lineDiff('', 'a\nb\n')).toMatchObject({ added: 2, removed: 0 })
  expect(lineDiff('same', 'same')).toEqual({ text: '', added: 0, removed: 0 })
})
