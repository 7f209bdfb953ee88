// engine/cli/trace.ts: `hearth trace [REPLY]`: how replies came about, step by step.
import { HearthError } from '../contract/failure.ts'
import { messageId } from '../contract/ids.ts'
import type { Span } from '../contract/trace.ts'
import { UsageError } from './arguments.ts'
import { type Data, dataFlags, withData } from './open-data.ts'
import { print, printJson } from './output.ts'
import type { Verb } from './verb.ts'

export const trace: Verb = {
  name: 'trace',
  summary: 'how replies came about: the newest, or the steps of one',
  usage: `[REPLY] [flags]

REPLY is the id of a reply, or its end. Without it, the newest traces are listed.`,
  flags: { ...dataFlags, limit: { value: 'N', help: 'how many to list (default: 20)' } },
  positionals: 'any',
  run: async (args) => {
    const [reply, ...more] = args.positionals
    if (more.length > 0) throw new UsageError(`Expected one id, found ${more.length + 1}.`)
    const limit = args.integer('limit', { least: 1, most: 500 }) ?? 20
    return await withData(args, (data) => {
      if (reply === undefined) {
        const traces = data.memory.stores.traces.list(null, null, limit)
        if (args.has('json')) printJson({ traces })
        else
          print(
            traces.length === 0
              ? 'No traces.\n'
              : traces
                  .map(
                    (one) =>
                      `${one.reply}  ${new Date(one.startedAt).toISOString()}  ${one.status}  ${one.tookMs ?? '–'} ms  ${one.title}\n`,
                  )
                  .join(''),
          )
        return 0
      }
      const found = findTrace(data, reply)
      const spans = data.memory.stores.traces.spansOf(found.id)
      if (args.has('json')) printJson({ ...found, spans })
      else print(`${recipeOf(found)}${spans.map(spanLine).join('')}`)
      return 0
    })
  },
}

/** Throws `HearthError` `not-found`. */
export function findTrace({ memory: { stores } }: Data, reply: string) {
  const whole = messageId.safeParse(reply)
  const named = whole.success
    ? [whole.data]
    : stores.traces
        .list(null, null, 500)
        .flatMap((one) => (one.reply.endsWith(reply) || one.reply.startsWith(reply) ? [one.reply] : []))
  const [id] = named
  const found = id === undefined || named.length > 1 ? null : stores.traces.ofReply(id)
  if (found !== null) return found
  throw new HearthError(
    'not-found',
    `One reply with a trace was expected to have the id ${reply}, and ${named.length > 1 ? 'several have' : 'none has'}.`,
  )
}

const recipeOf = ({ reply, recipe, choices }: ReturnType<typeof findTrace>) =>
  `${reply}\n` +
  (recipe === null
    ? '  the model was not asked\n'
    : `  ${recipe.model}, temperature ${recipe.sampling.temperature}, seed ${recipe.sampling.seed}, prompt ${recipe.promptHash.slice(0, 12)}\n`) +
  (Object.keys(choices).length === 0
    ? ''
    : `  chosen: ${Object.entries(choices)
        .map(([name, option]) => `${name} ${option}`)
        .join(', ')}\n`)

const spanLine = ({ step, startedAt, endedAt, problem, detail }: Span) =>
  `  ${step.padEnd(9)}${(endedAt === null ? '…' : `${endedAt - startedAt} ms`).padEnd(9)}${problem ?? JSON.stringify(detail)}\n`
