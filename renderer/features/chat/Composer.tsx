// renderer/features/chat/Composer.tsx: where the person types. The text lives in the draft of its chat, so going
// elsewhere, a refusal or a reload loses nothing.
import { ArrowUp, Square } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { useApp, useAppStore } from '../../store/use-app.ts'
import { Tip } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { AddFiles, FileChips } from './AddFiles.tsx'
import { ContextMeter } from './ContextMeter.tsx'
import { composing, draftKey } from './chat-slice.ts'
import type { PendingFile } from './files-slice.ts'
import { streamingReply } from './fold.ts'
import { ThinkingChoice } from './ThinkingChoice.tsx'

const noFiles: readonly PendingFile[] = []

export function Composer() {
  const store = useAppStore()
  const open = useApp((state) => state.open)
  const draft = useApp((state) => state.drafts[draftKey(state)] ?? '')
  const files = useApp((state) => state.files[draftKey(state)] ?? noFiles)
  const setDraft = useApp((state) => state.setDraft)
  const attach = useApp((state) => state.attach)
  const writing = useApp((state) => streamingReply(state) !== null)
  const started = useApp((state) => state.order.length > 0)
  const canAsk = useApp(
    ({ model }) => model.state === 'ready' || model.state === 'loading' || model.state === 'resting',
  )
  const stop = useApp((state) => state.stop)
  const field = useRef<HTMLTextAreaElement>(null)
  const reading = files.some(({ state }) => state === 'reading')

  // A chat that was opened is there to be answered. Not on a jump: the focus is on the hit then.
  useEffect(() => {
    if (open === null || store.getState().jump === null) field.current?.focus({ preventScroll: true })
  }, [open, store])

  const send = () => {
    const text = draft.trim()
    const state = store.getState()
    // A chat that is not open yet cannot be added to; the words wait in its draft.
    if (text === '' || writing || reading || !canAsk || composing(state) !== state.open) return
    state.ask(text, state.takeFiles())
    field.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'ArrowUp' && draft === '' && editLast(store.getState())) return event.preventDefault()
    if (event.key !== 'Enter' || event.shiftKey || event.altKey) return
    event.preventDefault()
    send()
  }
  const ready = draft.trim() !== '' && canAsk && !reading
  return (
    <form
      aria-label="Write a message"
      data-pane="composer"
      data-state={writing ? 'writing' : reading ? 'reading-files' : 'idle'}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
      className="mx-auto w-full max-w-measure rounded-4 border border-line-field bg-raised p-2 pl-4 shadow-2 focus-within:border-line-strong"
    >
      <FileChips files={files} />
      <textarea
        ref={field}
        aria-label="Message"
        aria-describedby="composer-hint"
        placeholder={started ? 'Ask a follow-up' : 'Ask or say something'}
        rows={1}
        value={draft}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={(event) => {
          const pasted = [...event.clipboardData.files]
          if (pasted.length === 0) return
          event.preventDefault()
          attach(pasted)
        }}
        className="scrolls field-sizing-content mt-1 block max-h-[40vh] min-h-6.25 w-full resize-none bg-transparent pr-2 font-serif text-you outline-none placeholder:font-sans placeholder:text-md"
      />
      <span id="composer-hint" className="sr-only">
        Return sends, Shift-Return makes a new line.
      </span>
      <div className="mt-1 -ml-2 flex items-center gap-1">
        <AddFiles />
        <ThinkingChoice />
        <span className="flex-1" />
        <ContextMeter />
        {writing ? (
          <Tip text="Stop" keys="Esc">
            <button
              type="button"
              aria-label="Stop"
              onClick={() => {
                stop()
                field.current?.focus() // this button goes, and the focus would go with it
              }}
              className="quick grid size-7.5 flex-none place-items-center rounded-full bg-ink text-surface"
            >
              <Icon of={Square} size="tiny" className="fill-current" />
            </button>
          </Tip>
        ) : (
          <Tip text="Send" keys="↩">
            <button
              type="submit"
              aria-label="Send"
              aria-disabled={!ready}
              className="quick grid size-7.5 flex-none place-items-center rounded-full bg-ember text-on-ember hover:bg-ember-hover aria-disabled:bg-selected aria-disabled:text-ink-2"
            >
              <Icon of={ArrowUp} />
            </button>
          </Tip>
        )}
      </div>
    </form>
  )
}

/** The message that was sent last, to be said otherwise. */
function editLast(state: ReturnType<ReturnType<typeof useAppStore>['getState']>): boolean {
  const last = state.order.findLast((id) => state.messages[id]?.role === 'user')
  if (!last || state.sending[last] || streamingReply(state) !== null) return false
  state.edit(last)
  return true
}
