// vite.preload.config.ts: bundles the preload into one CommonJS file that requires `electron` and nothing else, which is
// all that a sandboxed preload can do.
import { defineConfig } from 'vite'

export default defineConfig({
  ssr: { noExternal: true, external: ['electron'], target: 'node' },
  build: {
    ssr: true,
    target: 'node24',
    outDir: 'dist/preload',
    emptyOutDir: true,
    minify: false,
    rolldownOptions: {
      input: { preload: 'electron/preload/preload.ts' },
      output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
    },
  },
})
