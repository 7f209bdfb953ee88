// scripts/notices.mjs: writes NOTICE.md, the third-party notices, from what is installed.
// Run after any change of dependencies; `--check` only says whether the file is true.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const file = join(root, 'NOTICE.md')

// What ends up in the app: its own dependencies, and what the page's bundle contains.
const bundled = ['@base-ui/react', 'clsx', 'lucide-react', 'react', 'react-dom', 'zustand', 'tailwindcss']
const compiledIn = ['node-addon-api', 'node-api-headers']

const manifest = (folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))

/** All packages reachable from `names`, by reading node_modules as Node would. */
function closure(names) {
  const found = new Map()
  const visit = (name, from) => {
    for (let folder = from; ; folder = dirname(folder)) {
      const candidate = join(folder, 'node_modules', name)
      try {
        const { version, license, dependencies = {} } = manifest(candidate)
        const key = `${name}@${version}`
        if (found.has(key)) return
        found.set(key, { name, version, license, folder: candidate })
        for (const dependency of Object.keys(dependencies)) visit(dependency, candidate)
        return
      } catch (error) {
        if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
      }
      if (folder === root) return
    }
  }
  for (const name of names) visit(name, root)
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function licenceText(folder) {
  const name = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)(\.|$|-)/i.test(entry))
  return name === undefined ? null : readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n').trim()
}

/** The whole text of NOTICE.md. */
export function notices() {
  const own = Object.keys(manifest(root).dependencies)
  const packages = closure([...own, ...bundled, ...compiledIn])
  const texts = new Map()
  for (const entry of packages) {
    const text = licenceText(entry.folder) ?? `Licence: ${entry.license} (the package carries no licence file).`
    texts.set(text, [...(texts.get(text) ?? []), entry])
  }
  const sections = [...texts].map(
    ([text, entries]) =>
      `### ${entries.map(({ name, version }) => `${name} ${version}`).join(', ')}\n\n\`\`\`text\n${text}\n\`\`\`\n`,
  )
  return `# Third-party notices

Hearth is licensed under Apache-2.0 (LICENSE). It contains or is built with the following work of others.

## Fonts

Inter, Source Serif 4 and JetBrains Mono, under the SIL Open Font License 1.1; the texts are beside the files in \`assets/fonts/\`.

## Data behind Kindling, the starter model

Kindling was trained by the makers of Hearth. Its training text is largely generated; it also draws on:

- CLINC150: S. Larson, A. Mahendran, J. Peper, C. Clarke, A. Lee, P. Hill, J. K. Kummerfeld, K. Leach, M. A. Laurenzano, L. Tang, J. Mars: "An Evaluation Dataset for Intent Classification and Out-of-Scope Prediction", EMNLP-IJCNLP 2019. CC BY 3.0, https://creativecommons.org/licenses/by/3.0/. Changed: filtered, reformatted.
- NLU Evaluation Data: X. Liu, A. Eshghi, P. Swietojanski, V. Rieser: "Benchmarking Natural Language Understanding Services for building Conversational Agents", IWSDS 2019. CC BY 4.0, https://creativecommons.org/licenses/by/4.0/. Changed: filtered, the assistant's name removed, reformatted.
- WordNet 3.0 Copyright 2006 by Princeton University. All rights reserved. THIS SOFTWARE AND DATABASE IS PROVIDED "AS IS" AND PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES, EXPRESS OR IMPLIED. BY WAY OF EXAMPLE, BUT NOT LIMITATION, PRINCETON UNIVERSITY MAKES NO REPRESENTATIONS OR WARRANTIES OF MERCHANTABILITY OR FITNESS FOR ANY PARTICULAR PURPOSE OR THAT THE USE OF THE LICENSED SOFTWARE, DATABASE OR DOCUMENTATION WILL NOT INFRINGE ANY THIRD PARTY PATENTS, COPYRIGHTS, TRADEMARKS OR OTHER RIGHTS. The name of Princeton may not be used in advertising.
- Five books in the public domain (from GITenberg).

## Test data

\`native/tests/golden/\` holds results computed with llama.cpp (MIT, Copyright the ggml authors) and the Gemma 4 vocabulary as that project publishes it (Apache-2.0, Google). It is not part of the app.

## Packages

${sections.join('\n')}`
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--check')) {
    const same = readFileSync(file, 'utf8') === notices()
    if (!same) console.error('NOTICE.md was expected to match the installed packages; run: node scripts/notices.mjs')
    process.exitCode = same ? 0 : 1
  } else writeFileSync(file, notices())
}
