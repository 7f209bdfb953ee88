// renderer/features/chat/Thought.tsx: what the model thought before it answered: a line while it lasts and after, folded.
import { Collapsible } from '@base-ui/react/collapsible'
import { ChevronRight } from 'lucide-react'
import { useEffect } from 'react'
import type { Message } from '../../../engine/contract/conversation.ts'
import { useApp } from '../../store/use-app.ts'
import { Dot } from '../../ui/Dot.tsx'
import { plural, seconds } from '../../ui/format.ts'
import { Icon } from '../../ui/Icon.tsx'

export function Thought({ message }: { readonly message: Message }) {
  const announce = useApp((state) => state.announce)
  const thinking = message.status === 'streaming' && message.thought !== '' && message.text === ''
  useEffect(() => {
    if (thinking) announce('Thinking')
  }, [thinking, announce])
  if (message.thought === '') return null
  const { thoughtMs, thoughtTokens } = message.stats ?? {}
  return (
    <Collapsible.Root data-state={thinking ? 'thinking' : 'thought'} className="mb-1.5">
      <Collapsible.Trigger className="quick group/fold -ml-1 inline-flex h-6.5 items-center gap-1.5 rounded-2 px-1 text-xs text-ink-2 tabular-nums hover:bg-hover hover:text-ink">
        {thinking ? (
          <Dot lit breathing />
        ) : (
          <Icon
            of={ChevronRight}
            size="small"
            className="text-ink-3 transition-transform duration-(--t-base) group-data-[panel-open]/fold:rotate-90"
          />
        )}
        <span>
          {thinking ? 'Thinking' : thoughtMs === undefined ? 'Thought' : `Thought for ${seconds(thoughtMs)}`}
          {!thinking && thoughtTokens !== undefined && (
            <span className="text-ink-3">{`, ${plural(thoughtTokens, 'token')}`}</span>
          )}
        </span>
      </Collapsible.Trigger>
      <Collapsible.Panel>
        <div className="scrolls mt-1 mb-2 max-h-[40vh] border-l-2 border-line pl-4 text-sm whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
          {message.thought}
        </div>
      </Collapsible.Panel>
    </Collapsible.Root>
  )
}
