// renderer/features/chat/pdf-worker.ts: the words of a PDF, page by page, away from the page's own thread.
import { extractText, getDocumentProxy } from 'unpdf'

type Scope = {
  onmessage: ((event: MessageEvent<Uint8Array>) => void) | null
  postMessage(message: unknown): void
}
const scope = globalThis as unknown as Scope

scope.onmessage = async ({ data }) => {
  try {
    const pdf = await getDocumentProxy(data)
    const { text, totalPages } = await extractText(pdf, { mergePages: false })
    scope.postMessage({ ok: true, text: text.join('\f'), pages: totalPages })
  } catch (error) {
    const locked = error instanceof Error && error.name === 'PasswordException'
    scope.postMessage({
      ok: false,
      reason: locked ? 'This PDF is locked with a password.' : 'This PDF is damaged and cannot be read.',
    })
  }
}
