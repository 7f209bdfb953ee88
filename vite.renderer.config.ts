// vite.renderer.config.ts: bundles the face into dist/renderer. One page, no inline script, relative addresses, so that
// the same files work on http://127.0.0.1:PORT/ and on app://hearth/.
import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'renderer',
  base: './',
  plugins: [react(), tailwindcss()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    // Electron 45 and the browsers of the web shell. Anything older would make the CSS build rewrite light-dark().
    target: 'chrome140',
    cssTarget: 'chrome140',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  // The reader of PDF files is a module in a worker of its own.
  worker: { format: 'es' },
  server: { fs: { allow: ['..'] } },
})
