// e2e/screenshot.ts: the picture in the README: `node e2e/screenshot.ts`. A real conversation with the model that ships,
// as it comes; look at it before it is committed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from '@playwright/test'
import { root, startHost } from './fixtures/host.ts'
import { Screen } from './fixtures/screen.ts'

const chats = [
  ['What can you not do?'],
  ['Remind me to water the plants tomorrow'],
  ['Hello, who are you?', 'My sister is called Marta and she lives in Porto.', 'Where does my sister live?'],
]

const dataDir = mkdtempSync(path.join(tmpdir(), 'hearth-screenshot-'))
const host = await startHost({ dataDir })
const browser = await chromium.launch({
  executablePath: process.env.PLAYWRIGHT_CHROMIUM ?? '/usr/bin/chromium',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [], // root cannot use Chromium's own
})
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' })
  await page.goto(host.link)
  const screen = new Screen(() => page)
  await screen.begin()
  for (const [index, questions] of chats.entries()) {
    if (index > 0) await screen.newChat()
    for (const question of questions) {
      await screen.ask(question)
      process.stdout.write(`${question}\n  ${await screen.words().innerText()}\n`)
    }
  }
  await page.mouse.move(720, 450)
  await page.screenshot({ path: path.join(root, 'docs', 'screenshot.png') })
} finally {
  await browser.close()
  await host.stop()
  rmSync(dataDir, { recursive: true, force: true })
}
