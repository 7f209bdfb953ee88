// renderer/features/memory/DuplicatesDialog.tsx: memories that mean nearly the same: keep one wording, and all the evidence.
import { Radio } from '@base-ui/react/radio'
import { RadioGroup } from '@base-ui/react/radio-group'
import { useEffect, useState } from 'react'
import { type Failure, toFailure } from '../../../engine/contract/failure.ts'
import type { Memory, MemoryId } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { MemoryDialog } from './MemoryDialog.tsx'
import { Problem } from './Problem.tsx'
import { whereFrom } from './words.ts'

export function DuplicatesDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <MemoryDialog open={open} title="Nearly the same" onClose={onClose}>
      <Groups />
    </MemoryDialog>
  )
}

function Groups() {
  const duplicates = useApp((state) => state.memoryActions.duplicates)
  const version = useApp((state) => state.memory.version)
  const [groups, setGroups] = useState<readonly (readonly Memory[])[] | null>(null)
  const [failure, setFailure] = useState<Failure | null>(null)
  const [apart, setApart] = useState<readonly string[]>([])
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is the reason to ask again
  useEffect(() => {
    let current = true
    duplicates().then(
      (found) => current && setGroups(found),
      (error: unknown) => current && setFailure(toFailure(error)),
    )
    return () => {
      current = false
    }
  }, [duplicates, version])
  const left = groups?.filter((group) => !apart.includes(keyOf(group)))
  if (failure) return <p role="alert">{failure.message}</p>
  if (!left) {
    return (
      <p role="status" className="text-ink-2">
        Comparing
      </p>
    )
  }
  if (left.length === 0) {
    return (
      <p role="status" data-state="no-duplicates" className="text-ink-2">
        No two memories mean nearly the same.
      </p>
    )
  }
  return (
    <>
      <p className="text-ink-2">Choose the wording to keep. The evidence of the others moves to it.</p>
      <Problem className="mt-3" />
      {left.map((group) => (
        <MergeGroup key={keyOf(group)} group={group} onApart={() => setApart([...apart, keyOf(group)])} />
      ))}
    </>
  )
}

const keyOf = (group: readonly Memory[]) => group.map(({ id }) => id).join(' ')

/** One group: which wording stays. Also what is shown when several rows are chosen. */
export function MergeGroup({ group, onApart }: { readonly group: readonly Memory[]; readonly onApart?: () => void }) {
  const merge = useApp((state) => state.memoryActions.merge)
  // What was said most, or by the person themselves, is the better wording until they say otherwise.
  const best = [...group].sort(
    (a, b) => Number(b.origin === 'typed') - Number(a.origin === 'typed') || b.evidenceCount - a.evidenceCount,
  )[0]
  const [kept, setKept] = useState<MemoryId | undefined>(best?.id)
  if (kept === undefined) return null
  return (
    <section aria-label="Memories that mean nearly the same" className="edge mt-3 rounded-4 bg-raised p-3">
      <RadioGroup<MemoryId> aria-label="Wording to keep" value={kept} onValueChange={setKept}>
        {group.map((memory) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the radio inside is the control
          <label
            key={memory.id}
            className="flex cursor-default items-start gap-2.5 rounded-2 px-1.5 py-1 hover:bg-hover"
          >
            <Radio.Root
              value={memory.id}
              className="mt-0.5 grid size-4 flex-none place-items-center rounded-full border border-line-strong data-[checked]:border-[5px] data-[checked]:border-ink"
            />
            <span className="min-w-0">
              <span className="[overflow-wrap:anywhere]">{memory.text}</span>
              <span className="block text-xs text-ink-3">{whereFrom(memory)}</span>
            </span>
          </label>
        ))}
      </RadioGroup>
      <div className="mt-2 flex gap-2 pl-1.5">
        <Button
          onClick={() =>
            void merge(
              kept,
              group.flatMap(({ id }) => (id === kept ? [] : [id])),
            )
          }
        >
          Merge
        </Button>
        {onApart && (
          <Button look="quiet" onClick={onApart}>
            Not the same
          </Button>
        )}
      </div>
    </section>
  )
}
