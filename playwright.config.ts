// playwright.config.ts: the whole app, end to end. `web` runs everywhere; `electron` runs the same specs where Electron's
// program is, and `npm test` says aloud when it is not.
import { existsSync } from 'node:fs'
import { defineConfig } from '@playwright/test'
import type { AppOptions } from './e2e/fixtures/app.ts'
import { findElectron } from './scripts/lib/electron-binary.mjs'

const installed = [
  process.env.PLAYWRIGHT_CHROMIUM ?? '',
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((file) => existsSync(file))

// Keeps Debian's Chromium quiet and at home; it runs as root on test machines, where its own sandbox cannot.
const args = [
  ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
const electron = findElectron()
if (electron === null)
  process.stderr.write("Electron's program is not on this machine: only the web shell is tested.\n")

export default defineConfig<AppOptions>({
  testDir: 'e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // Most of a test is waiting; more would only make engines, which use every core, wait for each other.
  workers: 2,
  timeout: 60_000,
  expect: {
    timeout: 15_000,
    // Edges of letters differ a little from one Chromium to the next; a line that is missing is more than this.
    toHaveScreenshot: {
      maxDiffPixelRatio: 0.001,
      animations: 'disabled',
      caret: 'hide',
      stylePath: 'e2e/golden/still.css',
    },
  },
  snapshotPathTemplate: '{testDir}/golden/{arg}-{platform}{ext}',
  forbidOnly: process.env.CI !== undefined,
  reporter: 'line',
  use: {
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    launchOptions: { args, ...(installed === undefined ? {} : { executablePath: installed }) },
    contextOptions: { reducedMotion: 'reduce' },
  },
  projects: [
    { name: 'web', use: { shell: 'web' } },
    ...(electron === null
      ? []
      : [{ name: 'electron', use: { shell: 'electron' as const, electronProgram: electron } }]),
  ],
})
