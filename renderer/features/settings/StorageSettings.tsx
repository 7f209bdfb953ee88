// renderer/features/settings/StorageSettings.tsx: what is kept, where, and what leaves this computer. Plain facts.
import { useApp } from '../../store/use-app.ts'
import { plural } from '../../ui/format.ts'
import { computer } from '../../ui/platform.ts'
import { Group, Setting } from './parts.tsx'

export function StorageSettings() {
  const chats = useApp((state) => state.conversations.length)
  const model = useApp((state) => state.model)
  return (
    <>
      <Group title="What is stored where">
        <Setting name="Chats and settings">
          {plural(chats, 'chat')}, in one database file in Hearth’s data folder on this {computer}. Each message is
          written before its reply ends. It is not encrypted by Hearth; whoever can read your files can read it.
        </Setting>
        <Setting name="Deleted chats">Gone for good a minute after you delete them, or at the next start.</Setting>
        <Setting name="Drafts">In this window only, until you send them or close it.</Setting>
        <Setting name="Model">
          {model.state === 'ready' ? (
            <span className="font-mono text-2xs">{model.info.path}</span>
          ) : (
            'No model is loaded. Model files stay where you keep them.'
          )}
        </Setting>
      </Group>
      <Group title="Network">
        <Setting name={`Nothing has left this ${computer}`}>
          The model runs here. Hearth has no account, no update check and no statistics, and opens no connection to
          another machine.
        </Setting>
      </Group>
    </>
  )
}
