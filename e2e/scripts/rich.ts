// e2e/scripts/rich.ts: a scripted model that writes Markdown, thinks, and says where its tokens came from. Tests import what
// must come.
import type { ScriptedReply, ScriptedTurn } from '../../engine/inference/scripted-inference.ts'

export const asks = {
  markdown: 'Show me everything.',
  hostile: 'Try to break out.',
  think: 'Think first.',
  guessed: 'Guess ahead.',
  hang: 'Stop in the middle.',
} as const

export const markdown = [
  '## Beans\n\nSow **broad beans** now, *under fleece*:\n\n',
  '- first row\n- second row\n  1. deeper\n\n',
  '| Bean | Weeks |\n|---|---:|\n| Broad | 12 |\n| Runner | 9 |\n\n',
  '```ts\nconst weeks: number = 12 // until harvest\nexport function sow(bean: string) {\n  return bean + weeks\n}\n```\n\n',
  'The yield is \\(y = 3x^2\\), and `inline code` stays. See [the society](https://example.org/beans).\n',
]

export const hostile = [
  '<img src="https://example.org/pixel.png" onerror="document.title=1">\n\n<script>document.title = 2</script>\n\n',
  '![a tracking pixel](https://example.org/pixel.png)\n\n',
  '[press](javascript:document.title=3) and [data](data:text/html,<script>4</script>)\n\n',
  '<iframe src="https://example.org"></iframe>\n\n$$\\href{javascript:document.title=5}{x}$$\n',
]

export const thought = 'The person asks for a short answer. One word will do.'

const hour = 3_600_000

export default function reply({ prompt, index }: ScriptedTurn): ScriptedReply {
  const question = prompt.split('<|turn>user\n').at(-1)?.split('<turn|>')[0]?.trim().split('\n\n').at(-1) ?? ''
  const begun = prompt.split('<|turn>model\n').at(-1) ?? ''
  switch (question) {
    case asks.markdown:
      return { pieces: markdown.flatMap((part) => part.split(/(?<=\n)/).map((text) => ({ text, delayMs: 5 }))) }
    case asks.hostile:
      return { pieces: hostile }
    case asks.think:
      return {
        pieces: [
          { text: '<|channel>thought\n', markers: true },
          ...thought.split(/(?<= )/),
          { text: '<channel|>Yes.', markers: true },
        ],
      }
    case asks.guessed:
      return {
        pieces: [
          { text: 'You always ', source: 3 },
          { text: 'like it ' },
          { text: 'in this chat ', source: 2 },
          { text: 'and short.', source: 1 },
        ],
      }
    case asks.hang:
      if (begun !== '') return { pieces: ['and four.'] }
      return { pieces: ['One two three ', { text: 'never', delayMs: hour }] }
    default:
      return { pieces: [`You said: ${question} (${index})`] }
  }
}
