// renderer/features/chat/markdown/load-math.ts: KaTeX with its faces, in a file of its own.
import { createMathPlugin } from '@streamdown/math'
import 'katex/dist/katex.min.css'

export const math = createMathPlugin({ errorColor: 'var(--danger)' })
