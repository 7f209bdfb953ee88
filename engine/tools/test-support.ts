// engine/tools/test-support.ts: all tools over a real data folder and real files, without a model and without a network.
import { mkdirSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { type ConversationId, newConversationId, newMessageId } from '../contract/ids.ts'
import type { Decision, Origin, ToolStep } from '../contract/tools.ts'
import { ask, openTemp, tempFolder } from '../storage/test-support.ts'
import type { CallResult } from './belt.ts'
import type { ToolsEvent } from './handlers.ts'
import type { MemoryDoor } from './hands.ts'
import { createTools, type ToolsDeps } from './tools.ts'

export type TestTools = ReturnType<typeof setUpTools>

export const testNow = new Date(2026, 10, 25, 14, 5).getTime() // a Wednesday

/** `folder`: a granted folder of its own, `desk`; nothing else is. */
export function setUpTools(
  options: Partial<Pick<ToolsDeps, 'sandbox' | 'resolve' | 'more' | 'now' | 'pauses'>> & {
    access?: 'read' | 'write' | 'none'
  } = {},
) {
  const storage = openTemp()
  const desk = join(realpathSync(tempFolder()), 'desk')
  mkdirSync(desk)
  const events: ToolsEvent[] = []
  const watchers = new Set<() => void>()
  const remembered: { id: string; fact: string; origins: readonly Origin[] }[] = []
  const memory: MemoryDoor = {
    remember: (fact, _where, origins) => {
      const id = `memory-${remembered.length}`
      remembered.push({ id, fact, origins })
      return id
    },
    forget: (id) => {
      remembered.splice(
        remembered.findIndex((entry) => entry.id === id),
        1,
      )
    },
  }
  const { access = 'write', ...more } = options
  const tools = createTools({
    stores: storage.tools,
    folder: storage.folder,
    isStored: (conversation) => storage.conversations.find(conversation) !== null,
    memory,
    emit: (event) => {
      events.push(event)
      for (const watcher of [...watchers]) watcher()
    },
    log: () => {},
    now: () => testNow,
    version: '1.2.3',
    sandbox: null,
    resolve: async () => [],
    ...more,
  })
  onTestFinished(() => tools.close())
  if (access !== 'none') tools.commands['folder.grant']({ path: desk, access })

  const until = <T>(look: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const check = () => {
        const found = look()
        if (found === undefined) return
        watchers.delete(check)
        resolve(found)
      }
      watchers.add(check)
      check()
    })
  const steps = () => {
    const latest = new Map<string, ToolStep>()
    for (const event of events) if (event.type === 'tool-step') latest.set(event.step.id, event.step)
    return [...latest.values()]
  }
  const newChat = (conversation: ConversationId = newConversationId()) => {
    const { reply } = ask(storage, conversation, 'Hi')
    return { conversation, reply }
  }
  return {
    tools,
    storage,
    desk,
    events,
    remembered,
    steps,
    until,
    newChat,
    commands: tools.commands,
    /** The belt of a new reply, in a new chat or in `conversation`. */
    belt: (conversation?: ConversationId, read: readonly Origin[] = []) => {
      const chat = newChat(conversation)
      return { ...chat, belt: tools.belt({ ...chat, before: [], read, basic: false }) }
    },
    waiting: () => until(() => steps().find(({ status }) => status === 'waiting')),
    decide: (step: ToolStep, decision: Decision) => {
      expect(step.plan).not.toBeNull()
      tools.commands['tool.decide']({ step: step.id, hash: step.plan?.hash ?? '', decision })
    },
    stepEnded: (id: string) => until(() => steps().find((step) => step.id === id && step.endedAt !== null)),
  }
}

export const call = (
  belt: {
    call(
      call: { name: string; arguments: unknown; problem: null; at: number },
      signal: AbortSignal,
    ): Promise<CallResult>
  },
  name: string,
  args: unknown = {},
  signal: AbortSignal = new AbortController().signal,
) => belt.call({ name, arguments: args, problem: null, at: 0 }, signal)

export const newReply = newMessageId
