// engine/tools/document-text.ts: the text of a file, whatever it is: PDF, HTML, Markdown, plain. Bytes that are none of
// these are refused by name; nothing in a document is run, and nothing that it points at is fetched.
import { extractText, getDocumentProxy } from 'unpdf'
import { cleanText, decodeText } from './clean-text.ts'
import { ToolError } from './tool.ts'

export type DocumentText = { readonly text: string; readonly pages: number | null }

const mostPages = 500

/** `name`: for its ending and for messages. Throws `ToolError`. */
export async function textOfDocument(bytes: Uint8Array, name: string, contentType = ''): Promise<DocumentText> {
  if (startsWith(bytes, '%PDF-')) return textOfPdf(bytes, name)
  const text = decodeText(withoutMark(bytes))
  if (text === null) throw new ToolError(`${name} is not text: ${kindOf(bytes)} was found.`)
  const isHtml = /^(text\/html|application\/xhtml)/i.test(contentType) || /\.x?html?$/i.test(name)
  return { text: cleanText(isHtml ? textOfHtml(text) : text), pages: null }
}

async function textOfPdf(bytes: Uint8Array, name: string): Promise<DocumentText> {
  try {
    // A copy: the reader takes its buffer away from the caller.
    const document = await getDocumentProxy(new Uint8Array(bytes))
    if (document.numPages > mostPages)
      throw new ToolError(`${name} has ${document.numPages} pages; at most ${mostPages} are read.`)
    const { text } = await extractText(document, { mergePages: false })
    const pages = text.map((page, index) => `[page ${index + 1}]\n${page.trim()}`)
    const found = cleanText(pages.join('\n\n'))
    if (text.every((page) => page.trim() === ''))
      throw new ToolError(`${name} has no text in it: its pages are pictures.`)
    return { text: found, pages: text.length }
  } catch (error) {
    if (error instanceof ToolError) throw error
    throw new ToolError(`${name} could not be read as a PDF: ${error instanceof Error ? error.message : 'unknown'}.`)
  }
}

/** What a person would read: no scripts, no styles, no comments, nothing that is marked as hidden. */
export function textOfHtml(html: string): string {
  return html
    .replace(/<!--[\s\S]*?(?:-->|$)/g, '')
    .replace(/<(script|style|noscript|template|svg|head|iframe|object)\b[\s\S]*?(?:<\/\1\s*>|$)/gi, ' ')
    .replace(
      /<(\w+)\b[^>]*\b(?:hidden\b|aria-hidden\s*=\s*["']?true|style\s*=\s*["'][^"']*display\s*:\s*none)[^>]*>[\s\S]*?<\/\1\s*>/gi,
      ' ',
    )
    .replace(/<(?:br|hr)\b[^>]*>/gi, '\n')
    .replace(/<li\b[^>]*>/gi, '\n- ')
    .replace(
      /<\/?(?:p|div|section|article|header|footer|main|aside|nav|h[1-6]|ul|ol|table|tr|blockquote|pre|form)\b[^>]*>/gi,
      '\n',
    )
    .replace(/<\/?(?:td|th)\b[^>]*>/gi, '\t')
    .replace(/<[^>]{0,2000}>/g, '')
    .replace(/&(#x?[0-9a-f]+|[a-z]+);/gi, (whole, name: string) => entityOf(name) ?? whole)
    .replace(/[ \t]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

const entities: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  copy: '©',
}

function entityOf(name: string): string | null {
  if (!name.startsWith('#'))
    return Object.hasOwn(entities, name.toLowerCase()) ? (entities[name.toLowerCase()] ?? null) : null
  const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10)
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : null
}

const startsWith = (bytes: Uint8Array, text: string) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).includes(text)

const withoutMark = (bytes: Uint8Array) =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

function kindOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 8)).toString('latin1')
  if (head.startsWith('\x89PNG')) return 'a PNG picture'
  if (head.startsWith('\xff\xd8')) return 'a JPEG picture'
  if (head.startsWith('GIF8')) return 'a GIF picture'
  if (head.startsWith('PK')) return 'a ZIP archive or an office document'
  if (head.startsWith('\x7fELF') || head.startsWith('MZ') || head.startsWith('\xcf\xfa\xed\xfe')) return 'a program'
  return 'something else'
}
