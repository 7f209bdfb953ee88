// engine/mcp/read-config.test.ts: configurations as Claude, LM Studio and VS Code write them, and broken ones.
import { expect, test } from 'vitest'
import { readConfig } from './read-config.ts'

test('servers of Claude and LM Studio are read, with a comment and a mark at the beginning', () => {
  const text = `\ufeff{
    // mine
    "mcpServers": {
      "files": { "command": "npx", "args": ["-y", "server", "/home // not a comment"], "env": { "KEY": "secret", "PORT": 3 } },
      "home": { "url": "http://192.168.1.20:8123/mcp", "headers": { "Authorization": "Bearer x" } }
    }
  }`
  expect(readConfig(text)).toEqual({
    problems: [],
    drafts: [
      {
        name: 'files',
        transport: {
          kind: 'stdio',
          command: 'npx',
          arguments: ['-y', 'server', '/home // not a comment'],
          folder: null,
          environment: { KEY: 'secret', PORT: '3' },
          network: true,
        },
      },
      {
        name: 'home',
        transport: { kind: 'http', url: 'http://192.168.1.20:8123/mcp', headers: { Authorization: 'Bearer x' } },
      },
    ],
  })
})

test('what cannot be read is said by name, and the rest is read', () => {
  const { drafts, problems } = readConfig(
    '{"servers":{"good":{"command":"a"},"bad":{"args":[]},"file":{"url":"file:///etc/passwd"},"odd":7}}',
  )
  expect(drafts.map(({ name }) => name)).toEqual(['good'])
  expect(problems).toEqual([
    expect.stringContaining('bad'),
    expect.stringContaining('file'),
    expect.stringContaining('odd'),
  ])
  for (const broken of ['', '{', '[]', '7', '{"mcpServers":7}', '{"mcpServers":{}}']) {
    const result = readConfig(broken)
    expect([result.drafts, result.problems.length]).toEqual([[], 1])
  }
})
