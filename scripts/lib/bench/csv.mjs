// scripts/lib/bench/csv.mjs: rows of a measurement as comma-separated values (RFC 4180). Pure.

export const columns = [
  ['date', 'commit', 'machine', 'cores', 'threads', 'compiler', 'shape', 'format', 'engine', 'version', 'library'],
  ['metric', 'at', 'unit', 'median', 'low', 'high', 'pairs', 'probe_gb_per_s', 'share_of_probe', 'noisy'],
].flat()

const field = (value) => {
  const text =
    typeof value === 'number' && !Number.isInteger(value) ? String(Number(value.toPrecision(5))) : `${value ?? ''}`
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** @param {readonly Record<string, unknown>[]} rows What a row lacks is left empty; what no column names is an error. */
export function toCsv(rows) {
  for (const row of rows) {
    const unknown = Object.keys(row).find((key) => !columns.includes(key))
    if (unknown !== undefined) throw new RangeError(`toCsv: expected one of ${columns.join(', ')}; found ${unknown}`)
  }
  return [columns, ...rows.map((row) => columns.map((key) => row[key]))]
    .map((values) => `${values.map(field).join(',')}\n`)
    .join('')
}
