// engine/storage/hold-folder.ts: for a test: a process that opens the folder of its first argument and stays.
import { openStorage } from './open-storage.ts'

const storage = openStorage(process.argv[2] ?? '')
process.send?.('open')
process.on('disconnect', () => process.exit(0))
setInterval(() => storage.folder, 60_000)
