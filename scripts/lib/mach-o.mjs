// scripts/lib/mach-o.mjs: reads what a Mac's loader would read of a program file: the machine it is for, the oldest
// system, the libraries it wants and the names it gives.
//
// Source: Apple, <mach-o/loader.h> and <mach-o/nlist.h>.

const magic64 = 0xfeedfacf
const cpuArm64 = 0x0100000c
const fileTypes = { 6: 'dylib', 8: 'bundle' }
const commands = { symtab: 0x2, loadDylib: 0xc, buildVersion: 0x32, minVersion: 0x24, codeSignature: 0x1d }
const weakDylib = 0x80000018

/** "13.0" from sixteen bits of major and eight of minor. */
const versionOf = (word) => `${word >>> 16}.${(word >>> 8) & 255}`

function textAt(bytes, at) {
  const end = bytes.indexOf(0, at)
  return bytes.toString('utf8', at, end === -1 ? undefined : end)
}

/** Names defined for others, and names that others must define. */
function readSymbols(bytes, at) {
  const [symbols, count, strings] = [8, 12, 16].map((offset) => bytes.readUInt32LE(at + offset))
  const exported = []
  const imported = []
  for (let i = 0; i < count; ++i) {
    const entry = symbols + 16 * i
    const type = bytes[entry + 4]
    if ((type & 0xe0) !== 0 || (type & 0x01) === 0) continue // debug entries, private names
    const isHidden = (type & 0x10) !== 0
    const name = textAt(bytes, strings + bytes.readUInt32LE(entry))
    if ((type & 0x0e) === 0) imported.push(name)
    else if (!isHidden) exported.push(name)
  }
  return { exported, imported }
}

/**
 * @param {Buffer} bytes
 * @returns {{ fileType: string, minimumSystem: string, libraries: string[], exported: string[], imported: string[], isSigned: boolean }}
 * Throws where it is not a 64-bit program for Apple silicon.
 */
export function readMachO(bytes) {
  if (bytes.length < 32 || bytes.readUInt32LE(0) !== magic64)
    throw new Error('A 64-bit Mach-O file was expected; the first four bytes are others.')
  if (bytes.readUInt32LE(4) !== cpuArm64)
    throw new Error(`A program for arm64 was expected, found machine ${bytes.readUInt32LE(4).toString(16)}.`)
  const facts = {
    fileType: fileTypes[bytes.readUInt32LE(12)] ?? 'other',
    minimumSystem: '',
    libraries: [],
    exported: [],
    imported: [],
    isSigned: false,
  }
  let at = 32
  for (let i = 0; i < bytes.readUInt32LE(16); ++i) {
    const command = bytes.readUInt32LE(at)
    if (command === commands.loadDylib || command === weakDylib)
      facts.libraries.push(textAt(bytes, at + bytes.readUInt32LE(at + 8)))
    if (command === commands.buildVersion) facts.minimumSystem = versionOf(bytes.readUInt32LE(at + 12))
    if (command === commands.minVersion) facts.minimumSystem = versionOf(bytes.readUInt32LE(at + 8))
    if (command === commands.codeSignature) facts.isSigned = true
    if (command === commands.symtab) Object.assign(facts, readSymbols(bytes, at))
    at += bytes.readUInt32LE(at + 4)
  }
  return facts
}
