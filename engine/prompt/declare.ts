// engine/prompt/declare.ts: tools as a chat template declares them. Templates know a small part of JSON Schema and print the
// rest wrongly or not at all, so a schema is first made of that part alone; what it said besides goes into words.
import { printValue, quote } from './tool-syntax.ts'

export type ToolDeclaration = {
  readonly name: string
  readonly description: string
  /** JSON Schema of an object. */
  readonly parameters: Readonly<Record<string, unknown>>
}

export type DeclaredTool = {
  readonly type: 'function'
  readonly function: { readonly name: string; readonly description: string; readonly parameters: Plain }
}

/** The part of JSON Schema that templates print. */
type Plain = {
  readonly type: string
  readonly description?: string
  readonly nullable?: boolean
  readonly enum?: readonly string[]
  readonly items?: Plain
  readonly properties?: Readonly<Record<string, Plain>>
  readonly required?: readonly string[]
}

const deepest = 8

/** `protect` guards every text of a declaration: a server may have written it. */
export function declare(tool: ToolDeclaration, protect: (text: string) => string): DeclaredTool {
  const parameters = plainSchema(tool.parameters, tool.parameters, protect, 0)
  return {
    type: 'function',
    function: {
      name: tool.name,
      description: protect(tool.description),
      parameters: { ...parameters, type: 'object' },
    },
  }
}

/** Every text in declarations, for choosing a guard. */
export const textsOfTools = (tools: readonly ToolDeclaration[]): string[] =>
  tools.map(({ description, parameters }) => `${description}\n${JSON.stringify(parameters)}`)

type Schema = Readonly<Record<string, unknown>>
const isSchema = (value: unknown): value is Schema =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

function plainSchema(raw: unknown, root: Schema, protect: (text: string) => string, depth: number): Plain {
  const schema = isSchema(raw) ? followed(raw, root) : {}
  if (depth > deepest) return { type: 'string' }
  const branches = [schema.anyOf, schema.oneOf].find(Array.isArray) ?? []
  const real = branches.filter((branch) => !(isSchema(branch) && branch.type === 'null'))
  if (branches.length > 0) {
    const { anyOf: _, oneOf: __, ...outer } = schema
    const first = isSchema(real[0]) ? real[0] : {}
    const made = plainSchema({ ...first, ...outer }, root, protect, depth + 1)
    return real.length < branches.length ? { ...made, nullable: true } : made
  }
  const types = (Array.isArray(schema.type) ? schema.type : [schema.type]).filter((type) => typeof type === 'string')
  const type = types.find((name) => name !== 'null') ?? guessType(schema)
  const words = wordsFor(schema)
  const properties = isSchema(schema.properties) ? Object.entries(schema.properties).slice(0, 100) : []
  const values =
    type === 'string' && Array.isArray(schema.enum) ? schema.enum.filter((value) => typeof value === 'string') : []
  const required = Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : []
  return {
    type,
    ...(words === '' ? {} : { description: protect(words) }),
    ...(types.includes('null') || schema.nullable === true ? { nullable: true } : {}),
    ...(values.length === 0 ? {} : { enum: values.map(protect) }),
    ...(type === 'array' ? { items: plainSchema(schema.items, root, protect, depth + 1) } : {}),
    ...(properties.length === 0
      ? {}
      : {
          properties: Object.fromEntries(
            properties.map(([name, inner]) => [protect(plainName(name)), plainSchema(inner, root, protect, depth + 1)]),
          ),
        }),
    ...(required.length === 0 ? {} : { required: required.map((name) => protect(plainName(name))) }),
  }
}

/** Names stand in a declaration without quotes. */
const plainName = (name: string): string => name.replace(/[{}[\],:<>|"\s]+/g, '_')

const guessType = (schema: Schema): string =>
  isSchema(schema.properties) ? 'object' : isSchema(schema.items) ? 'array' : 'string'

function followed(schema: Schema, root: Schema): Schema {
  const { $ref, ...rest } = schema
  if (typeof $ref !== 'string' || !$ref.startsWith('#/')) return schema
  let at: unknown = root
  for (const part of $ref
    .slice(2)
    .split('/')
    .map((text) => text.replaceAll('~1', '/').replaceAll('~0', '~')))
    at = isSchema(at) && Object.hasOwn(at, part) ? at[part] : undefined
  return isSchema(at) ? { ...at, ...rest } : rest
}

/** The description, and in brackets what a template leaves out. */
function wordsFor(schema: Schema): string {
  const said: string[] = []
  for (const [key, word] of [
    ['minimum', 'at least'],
    ['maximum', 'at most'],
    ['minLength', 'characters at least'],
    ['maxLength', 'characters at most'],
    ['default', 'default'],
  ] as const) {
    const value = schema[key]
    if (typeof value === 'number' || (key === 'default' && (typeof value === 'string' || typeof value === 'boolean')))
      if (Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER) said.push(`${word} ${value}`)
  }
  const description = typeof schema.description === 'string' ? schema.description.slice(0, 1000) : ''
  return [description, said.length === 0 ? '' : `(${said.join(', ')})`].filter(Boolean).join(' ')
}

/** For a model file without a template: the same that Gemma 4's own prints, in the system turn. */
export function printDeclaration({ function: { name, description, parameters } }: DeclaredTool): string {
  const plain = (text: string) => text
  const fields = (schema: Plain): string => {
    const parts = [
      ...(schema.description === undefined ? [] : [`description:${quote}${schema.description}${quote}`]),
      ...(schema.enum === undefined ? [] : [`enum:${printValue(schema.enum, plain)}`]),
      ...(schema.items === undefined ? [] : [`items:{${fields(schema.items)}}`]),
      ...(schema.nullable === true ? ['nullable:true'] : []),
      ...(schema.properties === undefined ? [] : [`properties:{${properties(schema.properties)}}`]),
      ...(schema.required === undefined ? [] : [`required:${printValue(schema.required, plain)}`]),
      `type:${quote}${schema.type.toUpperCase()}${quote}`,
    ]
    return parts.join(',')
  }
  const properties = (all: Readonly<Record<string, Plain>>): string =>
    Object.entries(all)
      .sort(([a], [b]) => (a.toLowerCase() < b.toLowerCase() ? -1 : 1))
      .map(([key, schema]) => `${key}:{${fields(schema)}}`)
      .join(',')
  return `<|tool>declaration:${name}{description:${quote}${description}${quote},parameters:{${fields(parameters)}}}<tool|>`
}
