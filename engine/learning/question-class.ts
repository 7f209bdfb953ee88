// engine/learning/question-class.ts: what kind of question it is, by its words: the same every time, so that what is learned
// for one kind does not leak into another.
import type { QuestionClass } from '../contract/learning.ts'

const code =
  /```|\b(?:function|class|compile[rd]?|regex|regexp|sql|python|javascript|typescript|c\+\+|rust|java|bash|shell|html|css|json|api|stack trace|exception|refactor|unit test|script|git|docker|npm)\b|[{};]\s*$|=>|\(\)|\w+\.\w+\(/im
const maths =
  /\b(?:calculate|compute|solve|equation|integral|derivative|percent(?:age)?|average|sum of|square root|multiply|divide|plus|minus|times)\b|\d\s*[-+*/×÷^%=]\s*\d|\bhow (?:much|many) (?:is|are) \d/i
const writing =
  /\b(?:write|draft|rewrite|rephrase|reword|shorten|summari[sz]e|translate|proofread|edit|compose|reply to|letter|e-?mail|essay|poem|story|speech|blog post|headline|subject line)\b/i
const asking =
  /\?\s*$|^(?:please |can you |could you )?(?:what|why|how|when|where|who|which|is|are|does|do|did|can|could|should|would|will|explain|tell me|list|compare|describe|give me|name)\b/i

export function classOf(question: string): QuestionClass {
  const text = question.slice(0, 4000)
  if (code.test(text)) return 'code'
  if (maths.test(text)) return 'maths'
  if (writing.test(text)) return 'writing'
  return asking.test(text.trim()) ? 'question' : 'chat'
}

export const classes: readonly QuestionClass[] = ['code', 'maths', 'writing', 'question', 'chat']
