// electron/page-files.ts: the built page as both shells serve it. Only files below the folder, never through a link
// that leads out of it; a path that names no file is the page itself, so that a reload on any screen works.
import { readFile, realpath } from 'node:fs/promises'
import path from 'node:path'

export type PageFile = { readonly body: Buffer<ArrayBuffer>; readonly type: string; readonly immutable: boolean }

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

/** `pathname`: as it stands in the URL, percent-encoded. Null when there is no such file, or none that may be sent. */
export async function readPageFile(folder: string, pathname: string): Promise<PageFile | null> {
  let name: string
  try {
    name = decodeURIComponent(pathname)
  } catch {
    return null
  }
  if (name.includes('\0') || name.includes('\\') || name.split('/').includes('..')) return null
  const extension = path.extname(name).toLowerCase()
  if (extension === '') name = '/index.html'
  const type = types[extension === '' ? '.html' : extension]
  if (type === undefined) return null
  try {
    const root = await realpath(folder)
    const file = await realpath(path.join(root, name))
    if (!file.startsWith(root + path.sep)) return null
    // Vite puts a hash of the content into the names below assets/.
    return { body: await readFile(file), type, immutable: name.startsWith('/assets/') }
  } catch {
    return null
  }
}

/** The one policy of both shells. `connect`: the sources the page may open connections to. */
export function contentSecurityPolicy(connect: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    `connect-src ${connect}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
