// renderer/features/memory/ScopeSelect.tsx: where a memory holds.
import type { MemoryScope } from '../../../engine/contract/memory.ts'
import { useApp } from '../../store/use-app.ts'
import { Select } from '../../ui/Select.tsx'

/** Everywhere, or in one chat: the open one, the newest, and the one it is in now. */
export function ScopeSelect({
  scope,
  onChange,
}: {
  readonly scope: MemoryScope
  readonly onChange: (scope: MemoryScope) => void
}) {
  const conversations = useApp((state) => state.conversations)
  const open = useApp((state) => state.open)
  const now = scope.type === 'conversation' ? scope.conversation : null
  const offered = conversations.filter(({ id }, at) => at < 12 || id === open || id === now)
  const first = (id: string) => (id === now ? 0 : id === open ? 1 : 2)
  return (
    <Select
      label="Where it holds"
      value={now ?? 'everywhere'}
      onChange={(next) => {
        const chat = conversations.find(({ id }) => id === next)
        onChange(chat ? { type: 'conversation', conversation: chat.id } : { type: 'everywhere' })
      }}
      options={[
        { value: 'everywhere', name: 'Everywhere' },
        ...[...offered]
          .sort((a, b) => first(a.id) - first(b.id))
          .map(({ id, title }) => ({ value: id as string, name: `Only in “${title}”` })),
        ...(now !== null && !offered.some(({ id }) => id === now) ? [{ value: now as string, name: 'One chat' }] : []),
      ]}
    />
  )
}
