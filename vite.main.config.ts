// vite.main.config.ts: bundles what runs in Electron's Node: the main process, and the engine's entry for its utility
// process, into dist/main. Only Electron itself and the native SQLite package stay outside.
import { defineConfig } from 'vite'

export default defineConfig({
  ssr: { noExternal: true, external: ['electron', 'better-sqlite3', 'sqlite-vec'], target: 'node' },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/main',
    emptyOutDir: true,
    minify: false, // stack traces are read by people
    rolldownOptions: {
      input: { main: 'electron/main/main.ts', engine: 'engine/host/main.ts' },
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'shared-[hash].js' },
    },
  },
})
