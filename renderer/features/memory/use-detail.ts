// renderer/features/memory/use-detail.ts: one memory with its evidence, read anew whenever memory changes.
import { useEffect, useState } from 'react'
import { type Failure, toFailure } from '../../../engine/contract/failure.ts'
import type { MemoryId } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import type { MemoryDetail } from './memory-slice.ts'

export interface DetailState {
  /** The last one read; of another memory never. */
  readonly detail: MemoryDetail | null
  readonly failure: Failure | null
}

const nothing: DetailState = { detail: null, failure: null }

export function useDetail(id: MemoryId | null): DetailState {
  const read = useApp((state) => state.memoryActions.detail)
  const version = useApp((state) => state.memory.version)
  const ready = useApp((state) => state.connection.state === 'ready')
  const [shown, setShown] = useState<DetailState & { readonly id: MemoryId | null }>({ id: null, ...nothing })

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new version is the reason to ask again
  useEffect(() => {
    if (id === null || !ready) return
    let current = true
    read(id).then(
      (detail) => current && setShown({ id, detail, failure: null }),
      (error: unknown) => {
        const failure = toFailure(error)
        if (current && failure.code !== 'engine-crashed') setShown({ id, detail: null, failure })
      },
    )
    return () => {
      current = false
    }
  }, [id, read, version, ready])
  return shown.id === id ? shown : nothing
}
