// engine/contract/attachment.ts: files that a person put into a message. The window reads them and sends their text, so a
// hostile file is taken apart in the sandbox of a page and never beside the database.
import { z } from 'zod'
import { uuidv7 } from './ids.ts'

export const attachmentId = z.uuidv7().brand<'AttachmentId'>('AttachmentId')
export type AttachmentId = z.infer<typeof attachmentId>
export const newAttachmentId = () => uuidv7() as AttachmentId

export const attachmentKind = z.enum(['text', 'markdown', 'code', 'pdf'])
export type AttachmentKind = z.infer<typeof attachmentKind>

/** In UTF-16 units of all files of one message together. */
export const attachedTextLimit = 4_000_000

export const attachment = z.object({
  id: attachmentId,
  /** The file's name without its folder. */
  name: z.string().min(1).max(255),
  kind: attachmentKind,
  /** Size of the file. */
  bytes: z.number().int().min(0),
  /** Length of its text in UTF-16 units. */
  characters: z.number().int().min(0),
  /** Pages of a PDF; null for the rest. */
  pages: z.number().int().min(1).nullable(),
})
export type Attachment = z.infer<typeof attachment>

/** Pages of a PDF are separated by a form feed. */
export const newAttachment = attachment.omit({ characters: true }).extend({ text: z.string().max(attachedTextLimit) })
export type NewAttachment = z.infer<typeof newAttachment>
