// engine/contract/settings.ts: what the person chose. Every field has a default, so an old row never fails to parse.
import { z } from 'zod'
import { overflow } from './context.ts'
import { conversationId } from './ids.ts'

const choices = {
  theme: z.enum(['system', 'light', 'dark']),
  /** True once the first-run screen was finished or skipped. */
  welcomed: z.boolean(),
  /** The conversation to open at start: where the person left. */
  lastConversation: conversationId.nullable(),
  /** Absolute path of the chosen model; null means the starter model that ships inside. */
  modelPath: z.string().nullable(),
  /** Minutes without a message after which the model leaves memory; 0 means never. The starter model always stays. */
  restAfterMinutes: z.number().int().min(0).max(1440),
  /**
   * Who may guess ahead, which makes replies faster and never another word: the model's drafter, the conversation's own
   * text, and earlier replies. Those are kept as an index in the data folder, which goes when `history` is off.
   */
  guessWith: z.object({ drafter: z.boolean(), lookup: z.boolean(), history: z.boolean() }),
  /**
   * What becomes of what a model reads out of the person's words when the machine is idle. `on`: remembered. `ask`: held
   * until they accept it. `off`: nothing is read, and no memory is used. What they say plainly ("remember that…") is
   * remembered at once with `on` and `ask`.
   */
  memory: z.enum(['on', 'ask', 'off']),
  /** How long a model that can think may do so before it answers. `auto`: as learned, and not at all before that. */
  thinking: z.enum(['auto', 'off', 'short', 'medium', 'long']),
  /** What is done with a chat that is longer than the model can read, unless that chat has a choice of its own. */
  overflow,
}

export const settings = z.object({
  theme: choices.theme.default('system'),
  welcomed: choices.welcomed.default(false),
  lastConversation: choices.lastConversation.default(null),
  modelPath: choices.modelPath.default(null),
  restAfterMinutes: choices.restAfterMinutes.default(10),
  /** Absent: all of them. */
  guessWith: choices.guessWith.optional(),
  memory: choices.memory.default('ask'),
  thinking: choices.thinking.default('auto'),
  overflow: choices.overflow.default('ask'),
})
export type Settings = z.infer<typeof settings>

/** Some of the settings. Not `settings.partial()`: zod 4 fills defaults in there, and a change of one would reset the rest. */
export const settingsPatch = z.object(choices).partial()
export type SettingsPatch = z.infer<typeof settingsPatch>
