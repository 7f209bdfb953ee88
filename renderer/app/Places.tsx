// renderer/app/Places.tsx: the pages beside the chats, in the sidebar.
import clsx from 'clsx'
import { places } from '../store/places.ts'
import { useApp } from '../store/use-app.ts'
import { Tip } from '../ui/Button.tsx'
import { Icon } from '../ui/Icon.tsx'
import { spell } from '../ui/platform.ts'

export function Places() {
  const page = useApp((state) => state.page)
  const go = useApp((state) => state.go)
  return (
    <ul className="flex-none px-2 pt-2">
      {places.map((place) => (
        <li key={place.page}>
          <Tip text={place.name} keys={spell({ key: place.key, browserOwns: true })}>
            <button
              type="button"
              aria-current={page === place.page ? 'page' : undefined}
              onClick={() => go(place.page)}
              className={clsx(
                'quick flex h-7.5 w-full items-center gap-2 rounded-2 px-2',
                page === place.page
                  ? 'bg-selected font-medium text-ink'
                  : 'text-ink-2 hover:bg-hover hover:text-ink [&_svg]:text-ink-3',
              )}
            >
              <Icon of={place.icon} />
              {place.name}
            </button>
          </Tip>
        </li>
      ))}
    </ul>
  )
}
