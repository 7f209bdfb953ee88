// engine/cli/main.ts: `hearth VERB`: thin programs over the modules that the app is made of.
// Exit codes: 0 it worked, 1 it failed, 2 it was called wrongly.
import { describeFlags, nearestWord, parseArguments, UsageError } from './arguments.ts'
import { chat } from './chat.ts'
import { doctor } from './doctor.ts'
import { generate } from './generate.ts'
import { logits } from './logits.ts'
import { memory } from './memory.ts'
import { model } from './model.ts'
import { print, printError, report } from './output.ts'
import { replay } from './replay.ts'
import { tokenize } from './tokenize.ts'
import { trace } from './trace.ts'
import type { Verb } from './verb.ts'

const verbs: readonly Verb[] = [chat, generate, tokenize, logits, model, memory, trace, replay, doctor]

const overview = () => {
  const width = Math.max(...verbs.map(({ name }) => name.length))
  const list = verbs.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`)
  return `Usage: npm run -s hearth -- VERB [flags]\n\n${list.join('\n')}\n\nhearth VERB --help explains a verb. Exit codes: 0 it worked, 1 it failed, 2 it was called wrongly.\n`
}

const help = (verb: Verb) =>
  `hearth ${verb.name}: ${verb.summary}\n\nUsage: npm run -s hearth -- ${verb.name} ${verb.usage}\n\n${describeFlags(verb.flags)}\n`

async function main([name, ...rest]: readonly string[]): Promise<number> {
  if (name === undefined) {
    printError(overview())
    return 2
  }
  if (name === '--help' || name === '-h' || name === 'help') {
    print(overview())
    return 0
  }
  const json = rest.includes('--json')
  try {
    const verb = verbs.find((candidate) => candidate.name === name)
    if (verb === undefined) throw new UsageError(unknownVerb(name))
    const args = parseArguments(rest, verb.flags, verb.positionals)
    if (!args.has('help')) return await verb.run(args)
    print(help(verb))
    return 0
  } catch (error) {
    return report(error, { json })
  }
}

function unknownVerb(found: string): string {
  const names = verbs.map((verb) => verb.name)
  const nearest = nearestWord(found, names)
  return `There is no verb "${found}"${nearest === undefined ? `; the verbs are ${names.join(', ')}.` : `; did you mean ${nearest}?`}`
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))
process.exitCode = await main(process.argv.slice(2))
