// renderer/features/model/ModelFoot.tsx: the two fixed lines at the foot of the sidebar: the model, and what left this computer.
import { Popover } from '@base-ui/react/popover'
import { Lock, SlidersHorizontal } from 'lucide-react'
import type { ModelInfo } from '../../../engine/contract/model.ts'
import { useApp } from '../../store/use-app.ts'
import { Button, IconButton } from '../../ui/Button.tsx'
import { Dot } from '../../ui/Dot.tsx'
import { bytes, count, parameters } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'
import { computer, spell } from '../../ui/platform.ts'
import { modelLine } from './words.ts'

export function ModelFoot() {
  const model = useApp((state) => state.model)
  const away = useApp((state) => state.connection.state === 'lost')
  const writing = useApp((state) => state.conversations.some(({ streaming }) => streaming !== null))
  const page = useApp((state) => state.page)
  const go = useApp((state) => state.go)
  const lit = !away && (model.state === 'ready' || model.state === 'loading')
  const line = away ? 'The engine is not answering' : modelLine(model, writing)
  return (
    <footer className="grid gap-0.5 border-t border-line px-2 py-2 text-xs">
      <Popover.Root>
        <Popover.Trigger
          data-state={away ? 'lost' : writing ? 'writing' : model.state}
          className="quick flex h-6.5 items-center gap-2 rounded-2 px-1 text-ink-2 hover:bg-hover hover:text-ink data-[popup-open]:bg-selected data-[popup-open]:text-ink"
        >
          <Dot lit={lit} breathing={!away && model.state === 'loading'} />
          <span className="min-w-0 flex-1 truncate">{line}</span>
          {model.state === 'ready' && model.memoryBytes > 0 && !away && (
            <span className="text-ink-3 tabular-nums [[data-popup-open]>&]:text-ink-2 [button:hover>&]:text-ink-2">
              <span className="sr-only">, memory in use </span>
              {bytes(model.memoryBytes)}
            </span>
          )}
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Positioner
            side="top"
            align="start"
            sideOffset={6}
            collisionPadding={12}
            style={{ zIndex: 'var(--z-popover)' }}
          >
            <Popover.Popup className="popup rise w-76 p-4 outline-none">
              <Popover.Title className="text-sm">{line}</Popover.Title>
              {model.state === 'ready' && <ModelFacts info={model.info} memoryBytes={model.memoryBytes} />}
              {model.state === 'failed' && (
                <Popover.Description className="mt-1 text-xs text-ink-2 [overflow-wrap:anywhere]">
                  {model.failure.message} {model.failure.remedy}
                </Popover.Description>
              )}
              <Popover.Close render={<Button className="mt-3" onClick={() => go('settings')} />}>
                {model.state === 'ready' ? 'Use another model' : 'Choose a model'}
              </Popover.Close>
            </Popover.Popup>
          </Popover.Positioner>
        </Popover.Portal>
      </Popover.Root>
      <div className="flex items-center gap-2 pl-1 text-ink-2">
        <Icon of={Lock} size="small" className="mx-px text-ink-3" />
        <span className="min-w-0 flex-1 truncate">Nothing has left this {computer}</span>
        <IconButton
          label="Settings"
          keys={spell({ key: ',' })}
          aria-current={page === 'settings' ? 'page' : undefined}
          className={page === 'settings' ? 'bg-selected text-ink' : undefined}
          onClick={() => go('settings')}
        >
          <Icon of={SlidersHorizontal} />
        </IconButton>
      </div>
    </footer>
  )
}

/** What is known about a loaded model. All of it is read from the file or measured. */
export function ModelFacts({ info, memoryBytes }: { readonly info: ModelInfo; readonly memoryBytes: number }) {
  const facts: readonly (readonly [string, string])[] = [
    ['Kind', info.starter ? 'Starter model' : info.architecture],
    ...(info.plainText ? ([['Chat format', 'none, plain text']] as const) : []),
    ['Parameters', parameters(info.parameterCount)],
    ['File', bytes(info.fileBytes)],
    ['Memory in use', memoryBytes > 0 ? bytes(memoryBytes) : '–'],
    ['Longest chat', `${count(info.contextTokens)} tokens`],
  ]
  return (
    <dl className="mt-2 grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs leading-5">
      {facts.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-2">{name}</dt>
          <dd className="text-right tabular-nums">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
