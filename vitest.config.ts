// vitest.config.ts: unit tests. Two projects: what runs in Node, and what runs in a page.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

const exclude = ['**/node_modules/**', 'dist/**', 'build/**', 'e2e/**']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['engine/**/*.test.ts', 'electron/**/*.test.ts', 'scripts/**/*.test.mjs', 'assets/**/*.test.ts'],
          exclude,
          testTimeout: 60_000,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'page',
          environment: 'happy-dom',
          include: ['renderer/**/*.test.ts', 'renderer/**/*.test.tsx'],
          exclude,
        },
      },
    ],
  },
})
