// renderer/features/settings/GeneralSettings.tsx: the model in use, and the way to another one.
import { useEffect, useState } from 'react'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { bytes, count, parameters, plural } from '../../ui/format.ts'
import { Select } from '../../ui/Select.tsx'
import { Group, Setting } from './parts.tsx'

export function GeneralSettings() {
  const model = useApp((state) => state.model)
  const path = useApp((state) => state.settings.modelPath)
  const version = useApp((state) => state.version)
  const chooseModel = useApp((state) => state.chooseModel)
  return (
    <>
      <Group title="Model">
        {model.state === 'ready' && (
          <Setting
            name={model.info.name}
            control={
              !model.info.starter &&
              path !== null && <Button onClick={() => void chooseModel(null)}>Use the starter model</Button>
            }
          >
            {model.info.starter && <p>The starter model that comes with Hearth. Small, quick, and limited.</p>}
            {model.info.plainText && (
              <p>This file has no chat format: the model goes on with a written dialogue, and may wander off.</p>
            )}
            <p className="tabular-nums">
              {parameters(model.info.parameterCount)} parameters, {bytes(model.info.fileBytes)} file,{' '}
              {model.memoryBytes > 0 && `${bytes(model.memoryBytes)} of memory, `}chats up to{' '}
              {count(model.info.contextTokens)} tokens.
            </p>
            <p className="mt-1 font-mono text-2xs">{model.info.path}</p>
          </Setting>
        )}
        {model.state === 'loading' && <Setting name={`Waking ${model.name}`}>This takes a moment.</Setting>}
        {model.state === 'resting' && (
          <Setting name={`${model.info.name} rests`}>
            Nothing was asked for a while, so its memory is free. The next message wakes it.
          </Setting>
        )}
        {model.state === 'none' && <Setting name="No model">Hearth has no model yet. Choose a file below.</Setting>}
        {model.state === 'failed' && (
          <Setting
            name={
              model.failure.code === 'model-missing'
                ? `${model.name} is not where it was`
                : `${model.name} cannot be used`
            }
            control={model.fallback && <Button onClick={() => void chooseModel(null)}>Use the starter model</Button>}
          >
            <span role="status" data-state="failed">
              {model.failure.message} {model.failure.remedy}
            </span>
          </Setting>
        )}
        <ModelPath path={path} onUse={(next) => void chooseModel(next)} />
      </Group>
      <Group title="Memory">
        <RestAfter />
      </Group>
      <Group title="About">
        <Setting name="Hearth">{version === '' ? 'Version unknown' : `Version ${version}`}</Setting>
      </Group>
    </>
  )
}

function ModelPath({ path, onUse }: { readonly path: string | null; readonly onUse: (path: string) => void }) {
  const [text, setText] = useState(path ?? '')
  useEffect(() => setText(path ?? ''), [path])
  return (
    <form
      className="border-t border-line py-2.5"
      onSubmit={(event) => {
        event.preventDefault()
        // Copied paths often come in quotes.
        const wanted = text.trim().replace(/^(["'])(.*)\1$/, '$2')
        if (wanted !== '') onUse(wanted)
      }}
    >
      <label htmlFor="model-path" className="font-medium">
        Use a model file
      </label>
      <p id="model-path-hint" className="max-w-[58ch] text-xs leading-4.5 text-ink-2">
        The full path of a Gemma 4 file in GGUF format. It must fit in memory; nothing is copied or downloaded.
      </p>
      <div className="mt-2 flex gap-2">
        <input
          id="model-path"
          aria-describedby="model-path-hint"
          value={text}
          spellCheck={false}
          autoComplete="off"
          placeholder="/path/to/model.gguf"
          onChange={(event) => setText(event.target.value)}
          className="h-8 min-w-0 flex-1 rounded-2 border border-line-field bg-raised px-2.5 font-mono text-xs"
        />
        <Button type="submit" className="h-8">
          Use
        </Button>
      </div>
    </form>
  )
}

/** A model that nobody uses gives its memory back. */
function RestAfter() {
  const minutes = useApp((state) => state.settings.restAfterMinutes)
  const updateSettings = useApp((state) => state.updateSettings)
  const offered = [2, 5, 10, 30, 60, 0]
  const shown = offered.includes(minutes) ? offered : [minutes, ...offered]
  return (
    <Setting
      name="Rest the model"
      control={
        <Select
          label="Rest the model"
          value={String(minutes)}
          options={shown.map((value) => ({
            value: String(value),
            name: value === 0 ? 'Never' : `After ${plural(value, 'minute')}`,
          }))}
          onChange={(value) => void updateSettings({ restAfterMinutes: Number(value) })}
        />
      }
    >
      When nothing was asked for so long, a larger model leaves memory. The next message wakes it. The starter model
      always stays.
    </Setting>
  )
}
