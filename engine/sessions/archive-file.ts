// engine/sessions/archive-file.ts: conversations as files. JSON holds everything and is read back equal; Markdown is the
// branch that is shown, for reading.
import { z } from 'zod'
import { HearthError } from '../contract/failure.ts'
import type { ConversationId } from '../contract/ids.ts'
import type { ExportFormat } from '../contract/thread.ts'
import { type ArchivedConversation, type ArchivedMessage, archivedConversation, faultOf } from '../storage/archive.ts'
import type { Storage } from '../storage/open-storage.ts'

const format = 'hearth-conversations'
const newestVersion = 1

const archiveFile = z.object({
  format: z.literal(format),
  version: z.number().int(),
  exportedAt: z.number(),
  conversations: z.array(archivedConversation),
})

export type ExportedFile = { readonly name: string; readonly type: string; readonly text: string }

/** `now`: unix milliseconds. */
export function exportConversations(
  conversations: readonly ArchivedConversation[],
  as: ExportFormat,
  now: number,
): ExportedFile {
  const [only] = conversations
  const name = conversations.length === 1 && only !== undefined ? fileName(only.title) : `Hearth chats ${dayOf(now)}`
  if (as === 'markdown')
    return {
      name: `${name}.md`,
      type: 'text/markdown',
      text: conversations.map(toMarkdown).join('\n\n---\n\n'),
    }
  const file = { format, version: newestVersion, exportedAt: now, conversations }
  return { name: `${name}.json`, type: 'application/json', text: `${JSON.stringify(file, null, 1)}\n` }
}

/** Throws `HearthError` `bad-request` before anything is written. Answers the ids of what was new, and how many were not. */
export function importConversations(
  text: string,
  { archive, atomically }: Pick<Storage, 'archive' | 'atomically'>,
): { readonly added: ConversationId[]; readonly known: number } {
  const { conversations } = parseFile(text)
  for (const conversation of conversations) {
    const fault = faultOf(conversation)
    if (fault !== null) throw unreadable(`the chat “${conversation.title}” does not hold together: ${fault}`)
  }
  return atomically(() => {
    const unknown = conversations.filter((conversation) => !archive.holds(conversation))
    return { added: unknown.map(archive.write), known: conversations.length - unknown.length }
  })
}

function parseFile(text: string) {
  let value: unknown
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw unreadable('it is not JSON')
  }
  const head = z.object({ format: z.literal(format), version: z.number() }).safeParse(value)
  if (!head.success) throw unreadable('it was not written by Hearth’s export')
  if (head.data.version > newestVersion)
    throw unreadable(`its format is ${head.data.version}, and this Hearth reads ${newestVersion}`)
  const parsed = archiveFile.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw unreadable(`at ${issue?.path.join('.') || 'its top'}: ${issue?.message ?? 'something is wrong'}`)
}

const unreadable = (why: string) =>
  new HearthError(
    'bad-request',
    `A JSON file with chats was expected, but ${why}.`,
    'Choose a file that was exported as JSON. Nothing was changed.',
  )

/** The branch that is shown, in the order it was said. */
export function toMarkdown({ title, createdAt, head, messages }: ArchivedConversation): string {
  const byId = new Map(messages.map((message) => [message.id, message]))
  const line: ArchivedMessage[] = []
  for (let at = head; at !== null; ) {
    const message = byId.get(at)
    if (message === undefined) break
    line.unshift(message)
    at = message.parent
  }
  const parts = line.map((message) => {
    const files = message.attachments.map(({ name }) => `*Attached: ${name}*`)
    const heading = message.role === 'user' ? '## You' : `## ${message.model ?? 'Hearth'}`
    const end = message.status === 'done' || message.role === 'user' ? [] : [`*(${message.status})*`]
    return [heading, ...files, message.text.trim(), ...end].filter(Boolean).join('\n\n')
  })
  return [`# ${title.replace(/\s+/g, ' ')}`, `${dayOf(createdAt)}`, ...parts].join('\n\n').concat('\n')
}

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)

/** A title as the name of a file on any system. */
function fileName(title: string): string {
  const plain = title
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no system takes them in a name
    .replace(/[\\/:*?"<>|\u0000-\u001F]/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/^[. ]+|[. …]+$/g, '')
    .slice(0, 80)
    .trim()
  return plain === '' ? 'Chat' : plain
}
