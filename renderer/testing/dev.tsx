// renderer/testing/dev.tsx: the face over the fake host, for looking at a state: /testing/dev.html?scene=missing&theme=dark,
// or ?scene=memory&page=memory.
// Served by `npx vite -c vite.renderer.config.ts`; the app's build never reads it.
import { createRoot } from 'react-dom/client'
import '../styles/app.css'
import { App } from '../app/App.tsx'
import { createClient } from '../store/client.ts'
import { createAppStore } from '../store/store.ts'
import { openMemoryScene } from './memory-scenes.ts'
import { openScene, scenes } from './scenes.ts'

const query = new URLSearchParams(location.search)
const name = query.get('scene') ?? 'chat'
sessionStorage.clear()
const host = openMemoryScene(name) ?? openScene(name)
const store = createAppStore(createClient({ connect: host.connect }))
const theme = query.get('theme')
const root = document.getElementById('root')
if (root) createRoot(root).render(<App store={store} />)
const unsubscribe = store.subscribe((state) => {
  if (state.version === '') return
  unsubscribe()
  if (theme === 'light' || theme === 'dark') void state.updateSettings({ theme })
  const page = query.get('page')
  if (page === 'memory' || page === 'insights') state.go(page)
  const act = scenes[name]?.act
  if (act) setTimeout(() => act(host), 200)
})
Object.assign(window, { hearth: { store, host } })
