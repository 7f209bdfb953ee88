// e2e/scripts/words.ts: a scripted model that does what the question asks for. It runs inside the engine process in the
// place of a model (HEARTH_SCRIPT), and tests import it to know what must come.
import type { ScriptedReply, ScriptedTurn } from '../../engine/inference/scripted-inference.ts'

export const questions = {
  /** Three words, and then nothing for an hour: whoever waits for the next piece waits for ever. */
  hang: 'Hang after three words.',
  /** The same the first time; when asked again it ends. */
  hangOnce: 'Hang the first time.',
  /** Not even one word. */
  hangAtOnce: 'Hang before the first word.',
  /** Some seven seconds of words. Longer than what the starter model may write, so it needs `writeScriptedModel`. */
  count: 'Count to fourteen hundred.',
  /** The model reports an error after three words. */
  fail: 'Fail after three words.',
  /** The process ends after three words, as a fault in native code would. */
  crash: 'Crash after three words.',
  silent: 'Say nothing.',
} as const

export const threeWords = 'One two three '
const hour = 3_600_000

export const countDelayMs = 5
/** Piece `index` of a count. Numbered, so that a lost or doubled piece shows. */
export const countPiece = (index: number) => `${String(index).padStart(4, '0')} `
const countLength = 1400
export const countText = Array.from({ length: countLength }, (_, index) => countPiece(index)).join('')

const three = threeWords.split(/(?<= )/)

export default function reply({ prompt, index }: ScriptedTurn): ScriptedReply {
  const question =
    /<\|turn>user\n((?:(?!<\|turn>)[\s\S])*)<turn\|>\n<\|turn>model\n$/
      .exec(prompt)?.[1]
      ?.trim()
      .split('\n\n')
      .at(-1) ?? ''
  switch (question) {
    case questions.hang:
      return { pieces: [...three, { text: 'four ', delayMs: hour }] }
    case questions.hangAtOnce:
      return { pieces: [{ text: 'one ', delayMs: hour }] }
    case questions.hangOnce:
      if (index % 2 === 0) return { pieces: [...three, { text: 'four ', delayMs: hour }] }
      return { pieces: ['Another ', 'answer.'] }
    case questions.count:
      return {
        pieces: Array.from({ length: countLength }, (_, at) => ({ text: countPiece(at), delayMs: countDelayMs })),
      }
    case questions.fail:
      return {
        pieces: three,
        failure: {
          code: 'engine-failed',
          message: 'The scripted model was told to fail.',
          remedy: 'Ask it otherwise.',
        },
      }
    case questions.crash:
      return { pieces: [...three.map((text) => ({ text, delayMs: 20 })), { text: '', delayMs: 300 }], crash: true }
    case questions.silent:
      return { pieces: [] }
    default:
      return { pieces: ['You said: ', ...question.split(/(?<= )/), '.'] }
  }
}
