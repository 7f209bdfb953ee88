// engine/prompt/chat-template.ts: a conversation as the text that a model was trained on.
import { Template } from '@huggingface/jinja'
import { HearthError } from '../contract/failure.ts'
import { type DeclaredTool, printDeclaration } from './declare.ts'

export type ChatMessage = { readonly role: 'system' | 'user' | 'assistant'; readonly content: string }

export type ChatFormat = {
  /** Ends with the opening of the model's turn. `thinking`: it may think first. Throws `HearthError` `model-invalid`. */
  render(messages: readonly ChatMessage[], thinking?: boolean, tools?: readonly DeclaredTool[]): string
}

/** Parsing takes milliseconds and a template lives as long as its model, so the last few are kept. */
const parsed = new Map<string, Template>()
const parsedLimit = 8

/** The format of a Jinja template from a model file. Throws `HearthError` `model-invalid` when it does not parse. */
export function fromTemplate(
  template: string,
  specialTokens: { readonly bos: string; readonly eos: string },
): ChatFormat {
  const program = parse(template)
  return {
    render: (messages, thinking = false, tools = []) => {
      try {
        const text = program.render({
          messages,
          add_generation_prompt: true,
          enable_thinking: thinking,
          tools: tools.length === 0 ? null : tools,
          bos_token: specialTokens.bos,
          eos_token: specialTokens.eos,
        })
        return withBos(text, specialTokens.bos)
      } catch (error) {
        throw unusable(error)
      }
    },
  }
}

/**
 * The turn format of Gemma 4, for a file without a template. `closedThought`: the larger models (12B and up) were
 * trained to answer at once only after an empty thought.
 */
export function gemma4Format(bos: string, closedThought: boolean): ChatFormat {
  return {
    render: (messages, thinking = false, tools = []) => {
      const offered = tools.length === 0 ? messages : offer(messages, tools)
      const switched = thinking ? switchOn(offered) : offered
      const turns = switched.map(
        ({ role, content }) => `<|turn>${role === 'assistant' ? 'model' : role}\n${content.trim()}<turn|>\n`,
      )
      return `${bos}${turns.join('')}<|turn>model\n${closedThought && !thinking ? '<|channel>thought\n<channel|>' : ''}`
    },
  }
}

/** Tools stand at the end of the system turn. */
function offer(messages: readonly ChatMessage[], tools: readonly DeclaredTool[]): readonly ChatMessage[] {
  const declared = tools.map(printDeclaration).join('')
  const [first, ...rest] = messages
  if (first?.role !== 'system') return [{ role: 'system', content: declared }, ...messages]
  return [{ role: 'system', content: first.content.trim() + declared }, ...rest]
}

/** Thinking is switched on by a mark at the beginning of the system turn. */
function switchOn(messages: readonly ChatMessage[]): readonly ChatMessage[] {
  const [first, ...rest] = messages
  if (first?.role !== 'system') return [{ role: 'system', content: '<|think|>' }, ...messages]
  return [{ role: 'system', content: `<|think|>\n${first.content}` }, ...rest]
}

function parse(template: string): Template {
  const known = parsed.get(template)
  if (known !== undefined) return known
  try {
    const program = new Template(template)
    const oldest = parsed.keys().next().value
    if (parsed.size >= parsedLimit && oldest !== undefined) parsed.delete(oldest)
    parsed.set(template, program)
    return program
  } catch (error) {
    throw unusable(error)
  }
}

/** Most templates print the token, some leave it to the tokenizer. The prompt needs it once. */
const withBos = (text: string, bos: string) => (text.startsWith(bos) ? text : bos + text)

const unusable = (error: unknown) =>
  new HearthError(
    'model-invalid',
    `The chat template in the model file cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
    'Use another file of this model.',
    { cause: error },
  )
