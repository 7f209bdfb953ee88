// e2e/scripts/broken.ts: an engine that ends as soon as it loads its model, for as long as the file named in
// HEARTH_BROKEN exists. Then it is the model of words.ts.
import { existsSync } from 'node:fs'

const file = process.env.HEARTH_BROKEN
if (file !== undefined && existsSync(file)) process.kill(process.pid, 'SIGKILL')

export { default } from './words.ts'
