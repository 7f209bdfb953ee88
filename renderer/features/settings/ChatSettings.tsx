// renderer/features/settings/ChatSettings.tsx: how long the model thinks, what happens to chats that grow too long, and
// chats as files.
import { useRef } from 'react'
import type { Settings } from '../../../engine/contract/settings.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Segments } from '../../ui/Segments.tsx'
import { Select } from '../../ui/Select.tsx'
import { Group, Setting } from './parts.tsx'

export function ChatSettings() {
  const settings = useApp((state) => state.settings)
  const updateSettings = useApp((state) => state.updateSettings)
  const thinks = useApp(
    ({ model }) => (model.state === 'ready' || model.state === 'resting') && model.info.thinks === true,
  )
  return (
    <>
      <Group title="Replies">
        <Setting
          name="Thinking"
          control={
            <Segments<Settings['thinking']>
              label="Thinking"
              value={settings.thinking}
              options={[
                { value: 'auto', name: 'As learned' },
                { value: 'off', name: 'Off' },
                { value: 'short', name: 'Short' },
                { value: 'medium', name: 'Medium' },
                { value: 'long', name: 'Long' },
              ]}
              onChange={(thinking) => void updateSettings({ thinking })}
            />
          }
        >
          Before it answers, a model that can may think: up to 256 tokens, up to 1,024, or as long as it takes.{' '}
          {!thinks && 'The model in use cannot; others can.'}
        </Setting>
      </Group>
      <Group title="Long chats">
        <Setting
          name="When a chat is full"
          control={
            <Select<Settings['overflow']>
              label="When a chat is full"
              value={settings.overflow}
              options={[
                { value: 'ask', name: 'Ask me' },
                { value: 'digest', name: 'Summarise the oldest' },
                { value: 'roll', name: 'Drop the oldest' },
                { value: 'stop', name: 'Stop there' },
              ]}
              onChange={(overflow) => void updateSettings({ overflow })}
            />
          }
        >
          A model can read so much at once. Summaries can be edited, messages always stay, and each reply says what was
          left out. A chat can have a choice of its own.
        </Setting>
      </Group>
      <Files />
    </>
  )
}

function Files() {
  const chats = useApp((state) => state.conversations.filter(({ temporary }) => !temporary).length)
  const exportChats = useApp((state) => state.exportChats)
  const importChats = useApp((state) => state.importChats)
  const imported = useApp((state) => state.imported)
  const picker = useRef<HTMLInputElement>(null)
  return (
    <Group title="Chats as files">
      <Setting
        name="Export all chats"
        control={
          <span className="flex gap-2">
            <Button disabled={chats === 0} onClick={() => void exportChats(null, 'json')}>
              JSON
            </Button>
            <Button disabled={chats === 0} onClick={() => void exportChats(null, 'markdown')}>
              Markdown
            </Button>
          </span>
        }
      >
        JSON holds everything, all branches too, and can be imported again. Markdown is for reading. Both are not
        encrypted.
      </Setting>
      <Setting
        name="Import chats"
        control={
          <>
            <input
              ref={picker}
              type="file"
              accept=".json,application/json"
              hidden
              data-import=""
              onChange={(event) => {
                const [file] = event.target.files ?? []
                event.target.value = ''
                if (file) void importChats(file)
              }}
            />
            <Button onClick={() => picker.current?.click()}>Choose a file</Button>
          </>
        }
      >
        A JSON file from here. Chats that are here already are left alone.
        {imported && (
          <span
            role={imported.failed ? 'alert' : 'status'}
            data-state={imported.failed ? 'import-failed' : 'imported'}
            className={imported.failed ? 'mt-1 block text-danger' : 'mt-1 block text-ink'}
          >
            {imported.text}
          </span>
        )}
      </Setting>
    </Group>
  )
}
