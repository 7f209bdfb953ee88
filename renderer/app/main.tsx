// renderer/app/main.tsx: starts the face. Only the way to the engine differs between a window of our own and a browser.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { z } from 'zod'
import '../styles/app.css'
import { createClient } from '../store/client.ts'
import { connectHere } from '../store/port.ts'
import { createAppStore } from '../store/store.ts'
import { App } from './App.tsx'
import { recallTheme } from './theme.ts'

// The page's policy forbids code made from strings; zod then need not try.
z.config({ jitless: true })
recallTheme()
if (window.bridge && /Mac/.test(navigator.platform)) document.documentElement.dataset.shell = 'window'

const root = document.getElementById('root')
if (!root) throw new Error('expected an element #root in index.html, found none')
const store = createAppStore(createClient({ connect: connectHere() }))
createRoot(root).render(
  <StrictMode>
    <App store={store} />
  </StrictMode>,
)
