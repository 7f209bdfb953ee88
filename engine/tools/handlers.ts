// engine/tools/handlers.ts: the types of what the host calls and what it is told.
import type { z } from 'zod'
import type { egressCommands, egressEvents } from '../contract/egress.ts'
import type { toolsCommands, toolsEvents } from '../contract/tools.ts'

type Handlers<C extends Readonly<Record<string, { readonly input: z.ZodType; readonly output: z.ZodType }>>> = {
  readonly [N in keyof C]: (input: z.output<C[N]['input']>) => z.output<C[N]['output']>
}

export type ToolsCommandHandlers = Handlers<typeof toolsCommands>
export type EgressCommandHandlers = Handlers<typeof egressCommands>
export type ToolsEvent = z.infer<(typeof toolsEvents)[number]> | z.infer<(typeof egressEvents)[number]>
