// renderer/features/memory/MemoryBar.tsx: the page's part of the title bar: search, add, and what is done rarely.
import { Menu } from '@base-ui/react/menu'
import { Check, Ellipsis, Eraser, Layers2, Plus, Search } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import type { Settings } from '../../../engine/contract/settings.ts'
import { useApp } from '../../store/use-app.ts'
import { Button } from '../../ui/Button.tsx'
import { Icon } from '../../ui/Icon.tsx'
import { AddDialog } from './AddDialog.tsx'
import { DuplicatesDialog } from './DuplicatesDialog.tsx'
import { ForgetAllDialog } from './ForgetAllDialog.tsx'

/** Fast enough to feel like typing, slow enough not to ask for every letter. */
const pauseMs = 120

const learning: readonly { readonly value: Settings['memory']; readonly name: string }[] = [
  { value: 'on', name: 'Remember useful things' },
  { value: 'ask', name: 'Ask me each time' },
  { value: 'off', name: 'Do not remember' },
]

const item =
  'flex h-7.5 cursor-default items-center gap-2.5 rounded-2 px-2.5 outline-none data-[highlighted]:bg-selected'

export function MemoryBar() {
  const choose = useApp((state) => state.memoryActions.choose)
  const [dialog, setDialog] = useState<'add' | 'duplicates' | 'everything' | null>(null)
  const mode = useApp((state) => state.settings.memory)
  const updateSettings = useApp((state) => state.updateSettings)
  const planForgetAll = useApp((state) => state.memoryActions.planForgetAll)
  const [landmark, setLandmark] = useState<HTMLElement | null>(null)
  const findLandmark = useCallback((button: HTMLElement | null) => {
    if (button) setLandmark(button.closest<HTMLElement>('main'))
  }, [])
  return (
    <>
      <span className="flex-1" />
      <SearchField />
      <Button data-add="" onClick={() => setDialog('add')}>
        <Icon of={Plus} />
        Add
      </Button>
      <Menu.Root>
        <Menu.Trigger
          ref={findLandmark}
          aria-label="More"
          className="quick grid size-7 flex-none place-items-center rounded-2 text-ink-2 hover:bg-hover hover:text-ink data-[popup-open]:bg-selected data-[popup-open]:text-ink"
        >
          <Icon of={Ellipsis} />
        </Menu.Trigger>
        <Menu.Portal container={landmark}>
          <Menu.Positioner align="end" sideOffset={4} collisionPadding={8} style={{ zIndex: 'var(--z-popover)' }}>
            <Menu.Popup className="popup rise min-w-56 p-1 outline-none">
              <Menu.Item className={item} onClick={() => setDialog('duplicates')}>
                <Icon of={Layers2} className="text-ink-3" />
                Find duplicates…
              </Menu.Item>
              <Menu.Separator className="mx-2.5 my-1 h-px bg-line" />
              <Menu.Group>
                <Menu.GroupLabel className="px-2.5 pt-1.5 pb-1 text-2xs font-medium text-ink-3">
                  When you say something worth keeping
                </Menu.GroupLabel>
                <Menu.RadioGroup
                  value={mode}
                  onValueChange={(memory: Settings['memory']) => void updateSettings({ memory })}
                >
                  {learning.map(({ value, name }) => (
                    <Menu.RadioItem key={value} value={value} closeOnClick className={item}>
                      <span className="grid size-4 flex-none place-items-center">
                        <Menu.RadioItemIndicator>
                          <Icon of={Check} />
                        </Menu.RadioItemIndicator>
                      </span>
                      {name}
                    </Menu.RadioItem>
                  ))}
                </Menu.RadioGroup>
              </Menu.Group>
              <Menu.Separator className="mx-2.5 my-1 h-px bg-line" />
              <Menu.Item
                className={`${item} text-danger`}
                onClick={() => {
                  choose([])
                  setDialog('everything')
                  void planForgetAll()
                }}
              >
                <Icon of={Eraser} />
                Forget everything…
              </Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      <AddDialog open={dialog === 'add'} onClose={() => setDialog(null)} />
      <DuplicatesDialog open={dialog === 'duplicates'} onClose={() => setDialog(null)} />
      <ForgetAllDialog open={dialog === 'everything'} onClose={() => setDialog(null)} />
    </>
  )
}

function SearchField() {
  const query = useApp((state) => state.memory.query)
  const search = useApp((state) => state.memoryActions.search)
  const [text, setText] = useState(query)
  useEffect(() => setText(query), [query])
  useEffect(() => {
    if (text.trim() === query) return
    const timer = setTimeout(() => search(text.trim()), pauseMs)
    return () => clearTimeout(timer)
  }, [text, query, search])
  return (
    <label className="flex h-7.5 w-60 min-w-0 items-center gap-2 rounded-2 border border-line-field bg-raised px-2.5 text-ink-3 focus-within:border-line-strong">
      <Icon of={Search} />
      <span className="sr-only">Search memory</span>
      <input
        type="search"
        data-search-memory=""
        value={text}
        placeholder="Search memory"
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || text === '') return
          setText('')
          search('')
          event.preventDefault()
          event.stopPropagation()
        }}
        className="min-w-0 flex-1 bg-transparent text-ink outline-none [&::-webkit-search-cancel-button]:hidden"
      />
    </label>
  )
}
