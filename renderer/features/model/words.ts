// renderer/features/model/words.ts: the model's state in words.
import type { ModelStatus } from '../../../engine/contract/model.ts'

/** `Kindling, ready`: the line in the sidebar foot. */
export function modelLine(status: ModelStatus, writing: boolean): string {
  switch (status.state) {
    case 'none':
      return 'No model'
    case 'loading':
      return `${status.name}, waking`
    case 'resting':
      return `${status.info.name}, resting`
    case 'ready':
      return `${status.info.name}, ${writing ? 'writing' : 'ready'}`
    case 'failed':
      return status.failure.code === 'model-missing' ? `${status.name}, missing` : `${status.name}, not loaded`
  }
}

/** A fallback is named by its file or by its name; either way a person reads a name. */
export function fallbackName(fallback: string): string {
  const file = fallback.split(/[\\/]/).at(-1) ?? fallback
  const bare = file.replace(/\.gguf$/i, '')
  return bare === file ? file : bare.charAt(0).toUpperCase() + bare.slice(1)
}
