// engine/prompt/about-user.ts: memories as a model reads them. The form is the one that the starter model was trained with
// (assets/kindling/generators/setting.py); larger models understand it as well.

/** Behind the system text, separated by one line break. */
export const aboutUser = (statements: readonly string[]): string | null =>
  statements.length === 0
    ? null
    : `About the user:\n${statements.map((statement) => `- ${oneLine(statement)}`).join('\n')}`

/** A question with what belongs to it in front. */
export function withAbout(question: string, statements: readonly string[]): string {
  const about = aboutUser(statements)
  return about === null ? question : `${about}\n\n${question}`
}

/** A statement cannot end its line and begin another one. */
const oneLine = (statement: string) => statement.replace(/\s+/gu, ' ').trim()
