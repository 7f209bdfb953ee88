// engine/storage/tool-stores.ts: all that is kept for tools, as one part of the storage.
import type { WritableDatabase } from './database.ts'
import { createEgressStore, type EgressStore } from './egress-log.ts'
import { createNotes, createReminders, type Notes, type Reminders } from './notes.ts'
import { createPermissions, type Permissions } from './permissions.ts'
import { createToolServers, type ToolServers } from './tool-servers.ts'
import { createToolSteps, type ToolSteps } from './tool-steps.ts'

export type ToolStores = {
  readonly steps: ToolSteps
  readonly permissions: Permissions
  readonly notes: Notes
  readonly reminders: Reminders
  readonly servers: ToolServers
  readonly egress: EgressStore
}

/** `named`: gives errors of the database their names. */
export function createToolStores(
  db: WritableDatabase,
  named: <T extends Record<string, (...args: never[]) => unknown>>(methods: T) => T,
): ToolStores {
  return {
    steps: named(createToolSteps(db)),
    permissions: named(createPermissions(db)),
    notes: named(createNotes(db)),
    reminders: named(createReminders(db)),
    servers: named(createToolServers(db)),
    egress: named(createEgressStore(db)),
  }
}
