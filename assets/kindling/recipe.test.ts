// assets/kindling/recipe.test.ts: the recipe still works: a slice of data, sixty steps, a file (training/test_recipe.py).
//
// Needs Python with torch and numpy: the one in HEARTH_PYTHON, or python3. Skipped without it; a sample of the shipped
// file is graded by grade.test.ts in any case.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { expect, test } from 'vitest'

const python = process.env.HEARTH_PYTHON ?? 'python3'
const canTrain = spawnSync(python, ['-c', 'import torch, numpy']).status === 0

test.skipIf(!canTrain)(
  'a slice of data is made, sixty steps are trained, and the file holds their weights [skipped: HEARTH_PYTHON or python3 has no torch and numpy]',
  () => {
    const { status, stderr } = spawnSync(python, ['-m', 'unittest', 'test_recipe'], {
      cwd: path.join(import.meta.dirname, 'training'),
      encoding: 'utf8',
    })
    expect(status, stderr).toBe(0)
    expect(stderr).toMatch(/Ran \d+ tests/)
  },
  600_000,
)
