// engine/tools/undo.ts: takes back what a step did, the last change first. What has changed since is left alone, and said.
import type { StepId } from '../contract/tools.ts'
import type { World } from './hands.ts'
import { sha256 } from './plan.ts'
import { ToolError } from './tool.ts'

const largest = 100_000_000

/** Throws `ToolError` when something cannot be taken back; what could be before that, was. */
export async function undoStep(step: StepId, world: World): Promise<void> {
  for (const entry of world.journal.entries(step)) {
    switch (entry.kind) {
      case 'note':
        world.notes.remove(entry.id)
        break
      case 'reminder':
        world.reminders.remove(entry.id)
        break
      case 'memory':
        world.memory?.forget(entry.id)
        break
      case 'file': {
        const path = await world.files.locate(entry.path, 'write')
        const now = await world.files.readIfAny(path, largest)
        const found = now === null ? null : sha256(now)
        const before = entry.kept === null ? null : await world.journal.bytes(step, entry.kept)
        if (found === (before === null ? null : sha256(before))) break // it was not changed, or is back already
        if (found !== entry.after)
          throw new ToolError(`${world.files.shown(path)} has been changed since, so it was left as it is.`)
        if (before !== null) await world.files.put(path, before, found)
        else if (found !== null) await world.files.remove(path, found)
      }
    }
  }
  world.journal.forget(step)
}
