// renderer/features/chat/markdown/maths.ts: formulas as models write them, in the one spelling that is read: `$$…$$`. Code is
// left alone, and so are prices.

const code = /(```[\s\S]*?(?:```|$)|`[^`\n]*`)/
const brackets = /\\\((.+?)\\\)/g
const display = /\\\[([\s\S]+?)\\\]/g
/** A letter or a sign of mathematics between single dollars that touch it: `$x_1$`, not `$5 and $6`. */
const dollars =
  /(?<![\\$\w])\$(?=\S)((?:[^$\n\\]|\\.)*?(?:[\\^_={}+*<>]|^[A-Za-z]$)(?:[^$\n\\]|\\.)*?|[A-Za-z])(?<=\S)\$(?![\w$])/g

const hints = /\\\(|\\\[|\$/

export const hasMaths = (text: string): boolean => hints.test(text) && /\$\$/.test(markMaths(text))

export function markMaths(text: string): string {
  if (!hints.test(text)) return text
  return text
    .split(code)
    .map((part, at) =>
      at % 2 === 1
        ? part
        : part
            .replace(display, (_, formula: string) => `\n$$$$\n${formula.trim()}\n$$$$\n`)
            .replace(brackets, (_, formula: string) => `$$$$${formula.trim()}$$$$`)
            .replace(dollars, (_, formula: string) => `$$$$${formula}$$$$`),
    )
    .join('')
}
