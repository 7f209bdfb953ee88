// scripts/lib/bench/summary.mjs: what the measuring processes printed, as rows and as a table. Pure.
import { isNoisy, median, pairedRatio } from './statistics.mjs'
import { targetOf } from './targets.mjs'

/** Lines of one process (native/bench/run.h) as `{ engine, series: Map }`. */
export function readRun(output) {
  const run = { library: '', sound: false, series: new Map() }
  for (const line of output.split('\n')) {
    if (!line.startsWith('{')) continue
    const said = JSON.parse(line)
    if (said.metric === 'engine') Object.assign(run, { library: said.name, sound: said.sound })
    else if (said.metric === 'memory') {
      run.series.set(`peak-memory ${said.when}`, {
        values: [said.peak_mb],
        unit: 'MB',
        metric: 'peak-memory',
        at: said.when,
      })
      run.series.set(`resident-memory ${said.when}`, {
        values: [said.anon_mb + said.file_mb],
        unit: 'MB',
        metric: 'resident-memory',
        at: said.when,
      })
    } else run.series.set(`${said.metric} ${said.at}`, seriesOf(said))
  }
  return run
}

/** Rates for work that scales with tokens, milliseconds for the rest. */
function seriesOf({ metric, at, ms, probe }) {
  const tokens = metric === 'prefill' ? at : metric === 'decode' ? 1 : undefined
  const values = tokens === undefined ? ms : ms.map((one) => (1000 * tokens) / one)
  return { metric, at, unit: tokens === undefined ? 'ms' : 'tok/s', values, noisy: ms.length > 3 && isNoisy(ms), probe }
}

/**
 * @param {{ hearth: ReturnType<typeof readRun>[], peer: ReturnType<typeof readRun>[] }} runs run i of one beside run i of the other
 * @param {number} bytesPerToken weights that one token reads
 */
export function summarise(runs, bytesPerToken) {
  const rows = []
  for (const [engine, list] of Object.entries(runs)) {
    const [first] = list
    if (first === undefined) continue
    const { library, series: measured } = first
    for (const [key, { metric, at, unit }] of measured) {
      const all = list.map((run) => run.series.get(key)).filter(Boolean)
      const medians = all.map(({ values }) => median(values))
      const probe = all.flatMap((series) => series.probe ?? [])
      const row = { engine, library, metric, at, unit, pairs: all.length }
      Object.assign(row, { median: median(medians), low: Math.min(...medians), high: Math.max(...medians) })
      row.noisy = all.some((series) => series.noisy) ? 'yes' : ''
      if (probe.length > 0) {
        row.probe_gb_per_s = median(probe)
        row.share_of_probe = (row.median * bytesPerToken * 1e-9) / row.probe_gb_per_s
      }
      rows.push(row)
    }
    rows.push(...costRows(engine, list))
  }
  return rows
}

/** c(M): what a pass over M rows costs in passes over one. */
function costRows(engine, list) {
  const rows = []
  const [{ library, series }] = list
  for (const { metric, at } of series.values()) {
    if (metric !== 'rows' || at === 1) continue
    const costs = list.map(
      (run) => median(run.series.get(`rows ${at}`).values) / median(run.series.get('rows 1').values),
    )
    const row = { engine, library, metric: 'cost-of-rows', at, unit: 'x', pairs: costs.length }
    rows.push({ ...row, median: median(costs), low: Math.min(...costs), high: Math.max(...costs) })
  }
  return rows
}

/** Ours over the peer's, for every metric that both have. */
export function compare(runs) {
  const rows = []
  for (const [key, { metric, at }] of runs.hearth[0]?.series ?? []) {
    const sides = [runs.hearth, runs.peer].map((list) => list.map((run) => run.series.get(key)))
    if (sides.flat().includes(undefined) || runs.peer.length === 0) continue
    const [ours, theirs] = sides.map((list) => list.map(({ values }) => median(values)))
    const { ratio, low, high } = pairedRatio(ours, theirs)
    rows.push({ engine: 'hearth/peer', metric, at, unit: 'x', median: ratio, low, high, pairs: ours.length })
  }
  return rows
}

/**
 * For people.
 * @param {ReturnType<typeof summarise>} rows `summarise` and `compare` together
 * @param {string} model shape and format; targets are of one of them
 */
export function toTable(rows, model) {
  const find = (engine, { metric, at }) =>
    rows.find((row) => row.engine === engine && row.metric === metric && row.at === at)
  const number = (row) =>
    row === undefined ? '–' : `${Number(row.median.toPrecision(3))} ${row.unit}${row.noisy ? ' ~' : ''}`
  const lines = [
    '| what | Hearth | llama.cpp | ours / theirs (pairs) | must / aim | met |',
    '|---|--:|--:|--:|--:|---|',
  ]
  for (const row of rows.filter(({ engine }) => engine === 'hearth')) {
    const ratio = find('hearth/peer', row)
    const target = targetOf(row, model)
    const value = target?.of === 'own' ? row.median : ratio?.median
    const cells = [
      row.metric === 'load' ? 'load' : `${row.metric} ${row.at}`,
      number(row) +
        (row.share_of_probe
          ? ` (${Math.round(100 * row.share_of_probe)} % of ${row.probe_gb_per_s.toFixed(0)} GB/s)`
          : ''),
      number(find('peer', row)),
      ratio === undefined ? '–' : `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)})`,
      target === undefined ? '' : `${target.must} / ${target.aim}`,
      target === undefined || value === undefined ? '' : verdict(value, target),
    ]
    lines.push(`| ${cells.join(' | ')} |`)
  }
  return `${lines.join('\n')}\n`
}

function verdict(value, { must, aim }) {
  const better = aim > must ? (limit) => value >= limit : (limit) => value <= limit
  return better(aim) ? 'aim' : better(must) ? 'must' : 'no'
}
