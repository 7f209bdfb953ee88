// renderer/features/chat/read-file.ts: a file as text that can be sent: what kind it is, by its name and its bytes, and
// its words. Pictures and other files without words are refused with the reason.
import { type AttachmentKind, attachedTextLimit, type NewAttachment } from '../../../engine/contract/attachment.ts'
import { count } from '../../ui/format.ts'

export type ReadFile = Omit<NewAttachment, 'id'>

/** A larger file is not read at all. */
const mostBytes = 64_000_000
/** A PDF that takes longer than this is given up. */
const pdfLimitMs = 60_000

const markdown = new Set(['md', 'markdown', 'mdx', 'rst', 'org', 'adoc'])
const plain = new Set(['txt', 'text', 'log', 'csv', 'tsv', 'eml', 'ics', 'vcf', 'srt', 'vtt', 'tex', 'bib', ''])
const pictures = /^image\//
const soundsAndFilms = /^(audio|video)\//

const extensionOf = (name: string) => /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''

/** Rejects with an `Error` whose message is the reason, for the person. */
export async function readFile(file: File): Promise<ReadFile> {
  const extension = extensionOf(file.name)
  const name = file.name.slice(-255) || 'Unnamed'
  if (pictures.test(file.type) || /^(png|jpe?g|gif|webp|heic|heif|bmp|tiff?|avif)$/.test(extension))
    throw new Error('The model reads words only and cannot see pictures.')
  if (soundsAndFilms.test(file.type)) throw new Error('The model reads words only and cannot hear or watch.')
  if (file.size > mostBytes) throw new Error(`It is larger than ${count(mostBytes / 1e6)} MB.`)
  if (file.size === 0) throw new Error('It is empty.')
  const bytes = new Uint8Array(await file.arrayBuffer())
  const isPdf = new TextDecoder('latin1').decode(bytes.subarray(0, 1024)).includes('%PDF-')
  const read = isPdf ? await readPdf(bytes) : { text: decodeText(bytes), pages: null }
  const kind = isPdf ? 'pdf' : kindOf(extension)
  if (read.text.trim() === '')
    throw new Error(isPdf ? 'It holds no words, only pictures of pages.' : 'It holds no words.')
  if (read.text.length > attachedTextLimit)
    throw new Error(`It has ${count(read.text.length)} characters; ${count(attachedTextLimit)} is the most.`)
  return { name, kind, bytes: file.size, pages: read.pages, text: read.text }
}

const kindOf = (extension: string): AttachmentKind =>
  markdown.has(extension) ? 'markdown' : plain.has(extension) ? 'text' : 'code'

/** UTF-8, or UTF-16 where the file says so. Bytes that are no text are told by what no text holds. */
function decodeText(bytes: Uint8Array): string {
  const [first, second] = bytes
  const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  const encoding = utf16 ? (first === 0xff ? 'utf-16le' : 'utf-16be') : 'utf-8'
  if (!utf16 && bytes.subarray(0, 8192).includes(0)) throw new Error('It is not a text, and not a PDF.')
  const text = new TextDecoder(encoding).decode(bytes).replaceAll('\r\n', '\n')
  const broken = text.slice(0, 8192).split('\uFFFD').length - 1
  if (broken > 8 && broken > Math.min(text.length, 8192) / 20) throw new Error('It is not a text that can be read.')
  return text
}

type FromWorker =
  | { readonly ok: true; readonly text: string; readonly pages: number }
  | { readonly ok: false; readonly reason: string }

/** In a worker of its own: a PDF that hangs or grows without end takes only the worker with it. */
function readPdf(bytes: Uint8Array): Promise<{ text: string; pages: number }> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), { type: 'module' })
    const end = () => {
      clearTimeout(timer)
      worker.terminate()
    }
    const timer = setTimeout(() => {
      end()
      reject(new Error('It took too long to read.'))
    }, pdfLimitMs)
    worker.onmessage = ({ data }: MessageEvent<FromWorker | { readonly ok?: undefined }>) => {
      if (data.ok === undefined) return // the library greets whoever started it
      end()
      if (data.ok) resolve({ text: data.text, pages: data.pages })
      else reject(new Error(data.reason))
    }
    worker.onerror = () => {
      end()
      reject(new Error('This PDF is damaged and cannot be read.'))
    }
    worker.postMessage(bytes, [bytes.buffer])
  })
}
