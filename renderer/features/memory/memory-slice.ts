// renderer/features/memory/memory-slice.ts: what the person does with what Hearth believes: look, correct, accept, merge,
// forget. What the engine says meanwhile is folded in memory-fold.ts; who shows memories asks again when `version` grows.
import type { StateCreator } from 'zustand'
import type { CommandOutput } from '../../../engine/contract/commands.ts'
import type { AppEvent } from '../../../engine/contract/events.ts'
import { type Failure, toFailure } from '../../../engine/contract/failure.ts'
import { type ConversationId, type MessageId, newMessageId } from '../../../engine/contract/ids.ts'
import {
  type ForgetReceipt,
  type Memory,
  type MemoryChange,
  type MemoryId,
  type MemoryKind,
  type MemoryScope,
  newForgetId,
  newMemoryId,
} from '../../../engine/contract/memory.ts'
import type { Client } from '../../store/client.ts'
import type { AppState } from '../../store/store.ts'
import { createForgetActions, type ForgetActions } from './forget-actions.ts'
import { emptyMemory, type Heard, type MemoryEventState, withHeard } from './memory-fold.ts'

export type MemoryTab = 'all' | 'held' | 'replaced' | 'forgotten' | 'choices'
export type MemoryDetail = CommandOutput<'memory.open'>
export type MemoryList = CommandOutput<'memory.list'> & { readonly tab: MemoryTab; readonly query: string }

/** A change that can be taken back. `turn` makes the same words twice two changes. */
export interface MemoryUndo {
  readonly text: string
  readonly turn: number
  readonly run: () => Promise<void>
}

export interface MemoryState extends MemoryEventState {
  readonly tab: MemoryTab
  readonly query: string
  /** Null until it was read once; then the newest answer, also while the next one is awaited. */
  readonly list: MemoryList | null
  readonly listFailure: Failure | null
  readonly receipts: readonly ForgetReceipt[] | null
  /** One: it is open in the drawer. Several: what is done next is done to all of them. */
  readonly chosen: readonly MemoryId[]
  readonly undo: MemoryUndo | null
  /** Said no to, and not gone yet: it can be taken back. */
  readonly rejected: readonly Memory[]
  /** Why the last thing asked was not done. */
  readonly problem: Failure | null
}

export interface MemoryActions extends ForgetActions {
  readonly show: (tab: MemoryTab) => void
  readonly search: (query: string) => void
  /** Reads what the open tab shows. */
  readonly read: () => Promise<void>
  readonly choose: (ids: readonly MemoryId[]) => void
  /** Goes to the page and opens it there. */
  readonly open: (id: MemoryId) => void
  /** Its evidence, its history, its uses. Rejects with a `HearthError`. */
  readonly detail: (id: MemoryId) => Promise<MemoryDetail>
  /** Answers what is kept, which is another memory where it was known already; null when it was refused. */
  readonly add: (text: string, kind: MemoryKind | null, scope: MemoryScope) => Promise<Memory | null>
  /** `words`: what was done, for the undo. */
  readonly change: (before: Memory, change: MemoryChange, words: string) => Promise<Memory | null>
  /** What was replaced once more in place of what replaced it, with the words it came from. */
  readonly bringBack: (replaced: Memory) => Promise<Memory | null>
  readonly merge: (into: MemoryId, from: readonly MemoryId[]) => Promise<boolean>
  /** Rejects with a `HearthError`. */
  readonly duplicates: () => Promise<readonly (readonly Memory[])[]>
  readonly accept: (ids: readonly MemoryId[]) => Promise<void>
  readonly reject: (memory: Memory) => void
  readonly unreject: (id: MemoryId) => void
  /** The time to take it back is over. */
  readonly rejectForGood: (id: MemoryId) => Promise<void>
  readonly judge: (id: MemoryId, right: boolean) => Promise<void>
  readonly resolve: (disputed: MemoryId, keep: MemoryId | null) => Promise<void>
  readonly undo: () => Promise<void>
  readonly endUndo: () => void
  readonly dismissProblem: () => void
  /** Reads the chips of a conversation, once per version of memory. */
  readonly readUsed: (conversation: ConversationId) => Promise<void>
  /** The same question answered anew without this memory. */
  readonly answerWithout: (reply: MessageId, memory: MemoryId) => Promise<void>
  /** Takes back what the person's message did to memory. */
  readonly undoHeard: (heard: Heard) => Promise<void>
  /** What follows from events, after they were folded. */
  readonly follow: (events: readonly AppEvent[]) => void
}

/** Two objects and not thirty names: the store is shared by all features. */
export interface MemorySlice {
  readonly memory: MemoryState
  readonly memoryActions: MemoryActions
}

export const createMemorySlice =
  (client: Client): StateCreator<AppState, [], [], MemorySlice> =>
  (set, get) => {
    const state = () => get().memory
    const put = (change: Partial<MemoryState>) => set((all) => ({ memory: { ...all.memory, ...change } }))
    /** When the engine is away the window says so already, in one place. */
    const refuse = (error: unknown) => {
      const failure = toFailure(error)
      if (failure.code !== 'engine-crashed') put({ problem: failure })
    }
    /** Does it and has everything that is shown read anew; null when it was refused. */
    async function doing<T>(work: () => Promise<T>): Promise<T | null> {
      put({ problem: null })
      try {
        const done = await work()
        put({ version: state().version + 1 })
        return done
      } catch (error) {
        refuse(error)
        return null
      }
    }
    /** A new wording takes no evidence with it, since the words said the old one; the old wording has it back. */
    async function giveBackEvidence(old: Memory): Promise<Memory> {
      const { history } = await client.call('memory.open', { id: old.id })
      const from = history.flatMap(({ id, text }) => (text === old.text ? [id] : []))
      return from.length === 0 ? old : client.call('memory.merge', { into: old.id, from })
    }
    let asked = 0 // so that an old answer never covers a newer one
    const usedAt = new Map<ConversationId, number>() // the version that the chips were read at

    return {
      memory: {
        ...emptyMemory,
        tab: 'all',
        query: '',
        list: null,
        listFailure: null,
        receipts: null,
        chosen: [],
        undo: null,
        rejected: [],
        problem: null,
      },
      memoryActions: {
        ...createForgetActions(client, state, put, refuse),
        show: (tab) => put({ tab, chosen: [], problem: null }),
        search: (query) => put({ query }),
        read: async () => {
          const { tab, query } = state()
          const turn = ++asked
          try {
            if (tab === 'choices') return
            if (tab === 'forgotten') {
              const { receipts } = await client.call('memory.receipts', {})
              if (turn === asked) put({ receipts, listFailure: null })
            }
            const listed = tab === 'forgotten' ? 'all' : tab
            const asking = { query: tab === 'forgotten' ? '' : query, limit: 1000 }
            const list = await client.call('memory.list', { tab: listed, ...asking })
            if (turn === asked) put({ list: { ...list, tab, query }, listFailure: null })
          } catch (error) {
            if (turn === asked) put({ listFailure: toFailure(error) })
          }
        },
        choose: (chosen) => put({ chosen }),
        open: (id) => {
          put({ tab: 'all', query: '', chosen: [id], problem: null })
          get().go('memory')
        },
        detail: (id) => client.call('memory.open', { id }),
        add: (text, kind, scope) =>
          doing(() => client.call('memory.add', { id: newMemoryId(), text, scope, ...(kind ? { kind } : {}) })),
        change: async (before, change, words) => {
          const after = await doing(() => client.call('memory.update', { id: before.id, change }))
          if (after === null) return null
          const back = Object.fromEntries(
            [...Object.keys(change), ...(change.text === undefined ? [] : ['kind'])].map((field) => [
              field,
              before[field as keyof MemoryChange & keyof Memory],
            ]),
          ) as MemoryChange
          put({
            // Its wording may be kept under another id: what was chosen stays chosen.
            chosen: state().chosen.map((id) => (id === before.id ? after.id : id)),
            undo: {
              text: words,
              turn: (state().undo?.turn ?? 0) + 1,
              run: async () => {
                const again = await doing(async () => {
                  const old = await client.call('memory.update', { id: after.id, change: back })
                  return change.text === undefined ? old : giveBackEvidence(old)
                })
                if (again) put({ chosen: state().chosen.map((id) => (id === after.id ? again.id : id)) })
              },
            },
          })
          get().announce(words)
          return after
        },
        bringBack: (replaced) =>
          doing(async () => {
            const { id, text, kind, scope } = replaced
            const again = await client.call('memory.add', { id: newMemoryId(), text, kind, scope })
            return again.id === id ? again : client.call('memory.merge', { into: again.id, from: [id] })
          }),
        merge: async (into, from) => {
          const merged = await doing(() => client.call('memory.merge', { into, from: [...from] }))
          if (merged === null) return false
          put({ chosen: state().tab === 'all' ? [merged.id] : [] })
          get().announce('Merged')
          return true
        },
        duplicates: async () => (await client.call('memory.duplicates', {})).groups,
        accept: async (ids) => {
          const done = await doing(() => Promise.all(ids.map((id) => client.call('memory.accept', { id }))))
          if (done) get().announce(ids.length === 1 ? 'Remembered' : `${ids.length} remembered`)
        },
        reject: (memory) => {
          put({
            rejected: [...state().rejected, memory],
            chosen: state().chosen.filter((id) => id !== memory.id),
          })
          get().announce('Not remembered')
        },
        unreject: (id) => put({ rejected: state().rejected.filter((memory) => memory.id !== id) }),
        rejectForGood: async (id) => {
          if (!state().rejected.some((memory) => memory.id === id)) return
          await doing(() => client.call('memory.forget', { run: newForgetId(), memories: [id] }))
          put({ rejected: state().rejected.filter((memory) => memory.id !== id) })
        },
        judge: async (id, right) => {
          const done = await doing(() => client.call('memory.judge', { id, right }))
          if (done)
            get().announce(`Hearth is now ${done.confidence.words === 'a guess' ? 'guessing' : done.confidence.words}`)
        },
        resolve: async (disputed, keep) => {
          if (await doing(() => client.call('memory.resolve', { disputed, keep }))) get().announce('Settled')
        },
        undo: async () => {
          const { undo } = state()
          if (undo === null) return
          put({ undo: null })
          await undo.run()
          get().announce('Undone')
        },
        endUndo: () => put({ undo: null }),
        dismissProblem: () => put({ problem: null }),
        readUsed: async (conversation) => {
          const { version } = state()
          if (usedAt.get(conversation) === version) return
          usedAt.set(conversation, version)
          try {
            const { replies, heard } = await client.call('memory.used', { conversation })
            put({
              used: { ...state().used, [conversation]: replies },
              heard: withHeard(state().heard, conversation, heard),
            })
          } catch {
            usedAt.delete(conversation) // a chat without chips is still a chat; the next look asks again
          }
        },
        answerWithout: async (reply, memory) => {
          await doing(() => client.call('turn.retry', { instead: reply, reply: newMessageId(), without: [memory] }))
        },
        undoHeard: async ({ message, act }) => {
          if ((await doing(() => client.call('memory.undo', { act }))) === null) return
          const left = (state().heard[message] ?? []).filter((one) => one.act !== act)
          put({ heard: { ...state().heard, [message]: left } })
          get().announce('Undone')
        },
        follow: (events) => {
          if (events.some((event) => event.type === 'forget-done')) get().memoryActions.sendNextForget()
        },
      },
    }
  }
