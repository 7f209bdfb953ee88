// engine/tools/arithmetic.ts: sums, worked out exactly. Numbers are fractions of whole numbers of any length, so 0.1 + 0.2
// is 0.3 and nothing is rounded before the end. It is its own small grammar: nothing that is typed is ever run as code.
//
//   sum     := product (('+' | '-') product)*
//   product := power (('*' | '/' | 'mod' | 'of') power)*
//   power   := '-' power | postfix ('^' power)?             right to left; -2^2 is -4
//   postfix := atom '%'*                                    5% is 0.05
//   atom    := number | '(' sum ')' | name '(' sum (',' sum)* ')' | 'pi'

export type Fraction = { readonly over: bigint; readonly under: bigint } // under > 0, no common factor

export class SumError extends Error {
  override readonly name = 'SumError'
}

const longest = 1000
const deepest = 100
/** Bits of a number on the way; beyond it a sum is refused, not awaited. */
const widest = 20_000

/** Throws `SumError` with what was found where. */
export function evaluate(text: string): Fraction {
  if (text.length > longest) throw new SumError(`A sum of at most ${longest} characters was expected.`)
  const tokens = toTokens(text)
  let at = 0
  let depth = 0
  const peek = () => tokens[at]
  const take = (token: string): boolean => {
    if (peek() !== token) return false
    at++
    return true
  }
  const expect = (token: string) => {
    if (!take(token)) throw new SumError(`\`${token}\` was expected, found ${peek() ?? 'the end'}.`)
  }

  const sum = (): Fraction => {
    if (++depth > deepest) throw new SumError(`At most ${deepest} brackets inside one another were expected.`)
    let value = product()
    for (;;) {
      if (take('+')) value = add(value, product())
      else if (take('-')) value = add(value, negate(product()))
      else break
    }
    depth--
    return value
  }
  const product = (): Fraction => {
    let value = power()
    for (;;) {
      if (take('*') || take('of')) value = multiply(value, power())
      else if (take('/')) value = divide(value, power())
      else if (take('mod')) value = modulo(value, power())
      else return value
    }
  }
  const power = (): Fraction => {
    if (take('-')) {
      if (++depth > deepest) throw new SumError('Fewer signs in a row were expected.')
      const value = negate(power())
      depth--
      return value
    }
    if (take('+')) return power()
    const base = postfix()
    return take('^') ? raise(base, power()) : base
  }
  const postfix = (): Fraction => {
    let value = atom()
    while (take('%')) value = divide(value, whole(100n))
    return value
  }
  const atom = (): Fraction => {
    const token = peek()
    if (token === undefined) throw new SumError('A number was expected, found the end.')
    at++
    if (/^[0-9.]/.test(token)) return fromDecimal(token)
    if (token === '(') {
      const value = sum()
      expect(')')
      return value
    }
    if (token === 'pi') return fromDecimal('3.14159265358979323846264338327950288')
    if (/^[a-z]/.test(token)) return call(token)
    throw new SumError(`A number was expected, found \`${token}\`.`)
  }
  const call = (name: string): Fraction => {
    const work = Object.hasOwn(functions, name) ? functions[name] : undefined
    if (work === undefined)
      throw new SumError(`One of ${Object.keys(functions).join(', ')} was expected, found \`${name}\`.`)
    expect('(')
    const values = [sum()]
    while (take(',')) values.push(sum())
    expect(')')
    return work(values)
  }

  const value = sum()
  if (at < tokens.length) throw new SumError(`The end was expected, found \`${tokens[at]}\`.`)
  return value
}

const spellings: Readonly<Record<string, string>> = {
  '×': '*',
  '·': '*',
  '∗': '*',
  x: '*',
  '÷': '/',
  '∕': '/',
  '⁄': '/',
  '−': '-',
  '–': '-',
  '**': '^',
  '²': '^2',
  '³': '^3',
}

function toTokens(text: string): string[] {
  const tokens: string[] = []
  const plain = text.replace(/\*\*|[×·∗÷∕⁄−–²³]/gu, (found) => spellings[found] ?? found).toLowerCase()
  const pattern = /\s*(?:(\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+\.?\d*|\.\d+)|([a-z]+)|([-+*/^%(),]))/gy
  while (pattern.lastIndex < plain.trimEnd().length) {
    const from = pattern.lastIndex
    const found = pattern.exec(plain)
    if (found === null) throw new SumError(`A number or a sign was expected at character ${from + 1}.`)
    const [, digits, word, sign] = found
    if (digits !== undefined) tokens.push(digits.replaceAll(',', ''))
    else if (word !== undefined) tokens.push(word === 'x' ? '*' : word)
    else if (sign !== undefined) tokens.push(sign)
  }
  return tokens
}

const functions: Readonly<Record<string, (values: readonly Fraction[]) => Fraction>> = {
  sqrt: one(squareRoot),
  abs: one((a) => (a.over < 0n ? negate(a) : a)),
  floor: one((a) => whole(floor(a))),
  ceil: one((a) => whole(-floor(negate(a)))),
  round: one((a) => whole(floor(add(a, { over: 1n, under: 2n })))),
  min: (values) => values.reduce((least, value) => (compare(value, least) < 0 ? value : least)),
  max: (values) => values.reduce((most, value) => (compare(value, most) > 0 ? value : most)),
}

function one(work: (value: Fraction) => Fraction): (values: readonly Fraction[]) => Fraction {
  return ([value, ...more]) => {
    if (value === undefined || more.length > 0) throw new SumError('One number between the brackets was expected.')
    return work(value)
  }
}

const whole = (value: bigint): Fraction => ({ over: value, under: 1n })

function fraction(over: bigint, under: bigint): Fraction {
  if (under === 0n) throw new SumError('Nothing can be divided by zero.')
  const sign = under < 0n ? -1n : 1n
  const common = greatestCommon(over < 0n ? -over : over, under * sign)
  const value = { over: (over * sign) / common, under: (under * sign) / common }
  if (bits(value.over) > widest || bits(value.under) > widest)
    throw new SumError('The result is too long to write down.')
  return value
}

const bits = (value: bigint) => value.toString(16).length * 4

function greatestCommon(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b]
  return a === 0n ? 1n : a
}

function fromDecimal(text: string): Fraction {
  const [before = '', after = ''] = text.split('.')
  return fraction(BigInt(`${before}${after}` === '' ? '0' : `${before}${after}`), 10n ** BigInt(after.length))
}

const add = (a: Fraction, b: Fraction) => fraction(a.over * b.under + b.over * a.under, a.under * b.under)
const negate = (a: Fraction): Fraction => ({ over: -a.over, under: a.under })
const multiply = (a: Fraction, b: Fraction) => fraction(a.over * b.over, a.under * b.under)
const divide = (a: Fraction, b: Fraction) => fraction(a.over * b.under, a.under * b.over)
const compare = (a: Fraction, b: Fraction) => Number(a.over * b.under - b.over * a.under > 0n) * 2 - 1
const floor = ({ over, under }: Fraction) => (over >= 0n ? over / under : -((-over + under - 1n) / under))
const modulo = (a: Fraction, b: Fraction) => add(a, negate(multiply(b, whole(floor(divide(a, b))))))

function raise(base: Fraction, exponent: Fraction): Fraction {
  if (exponent.under === 2n && exponent.over === 1n) return squareRoot(base)
  if (exponent.under !== 1n) throw new SumError('A whole number was expected as the exponent.')
  const times = exponent.over < 0n ? -exponent.over : exponent.over
  if (times * BigInt(Math.max(bits(base.over), bits(base.under))) > BigInt(widest))
    throw new SumError('The result is too long to write down.')
  const value = { over: base.over ** times, under: base.under ** times }
  return exponent.over < 0n ? fraction(value.under, value.over) : value
}

/** Exact for squares; else to 30 decimals. */
function squareRoot({ over, under }: Fraction): Fraction {
  if (over < 0n) throw new SumError('A number that is not below zero was expected under the root.')
  const [top, bottom] = [wholeRoot(over), wholeRoot(under)]
  if (top * top === over && bottom * bottom === under) return fraction(top, bottom)
  const scale = 10n ** 30n
  return fraction(wholeRoot((over * scale * scale) / under), scale)
}

/** The largest whole number whose square is not above `value` (Newton). */
function wholeRoot(value: bigint): bigint {
  if (value < 2n) return value
  let guess = 1n << BigInt(Math.ceil(value.toString(2).length / 2))
  for (;;) {
    const next = (guess + value / guess) >> 1n
    if (next >= guess) return guess
    guess = next
  }
}

/**
 * As a decimal: all of it where it ends within `places`, else rounded to `rounded` (half away from zero), and `exact`
 * says which it is.
 */
export function toDecimal({ over, under }: Fraction, places = 12, rounded = 4): { text: string; exact: boolean } {
  const scale = 10n ** BigInt(places)
  const exact = (over * scale) % under === 0n
  const digits = exact ? places : rounded
  const power = 10n ** BigInt(digits)
  const size = over < 0n ? -over : over
  const scaled = exact ? (size * power) / under : (2n * size * power + under) / (2n * under)
  const text = scaled.toString().padStart(digits + 1, '0')
  const [before, after] = [text.slice(0, text.length - digits), text.slice(text.length - digits).replace(/0+$/, '')]
  const sign = over < 0n && scaled !== 0n ? '-' : ''
  return { text: sign + before + (after === '' ? '' : `.${after}`), exact }
}
