// engine/storage/migrations/0020-tools.ts: tools: what was called and by whose leave, what the person granted, what
// built-in tools keep, the servers that were added, and what left the machine.
//
// Steps go with their conversation. `told` is what the model was told, kept whole so that later prompts say the same.
import type { Migration } from '../migrate.ts'

export const tools: Migration = {
  version: 20,
  sql: `
  CREATE TABLE tool_steps (
    id           TEXT PRIMARY KEY,             -- UUIDv7: sorts by time
    conversation TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    reply        TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    server       TEXT,                         -- null: built in
    tool         TEXT NOT NULL,
    status       TEXT NOT NULL,
    step         TEXT NOT NULL CHECK (json_valid(step)),
    told         TEXT CHECK (told IS NULL OR json_valid(told))
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tool_steps_by_conversation ON tool_steps (conversation, id);
  CREATE INDEX tool_steps_by_reply ON tool_steps (reply, id);
  CREATE INDEX tool_steps_by_tool ON tool_steps (tool, id);
  CREATE INDEX tool_steps_open ON tool_steps (status) WHERE status IN ('planning', 'waiting', 'running');

  CREATE TABLE tool_rules (
    id           TEXT PRIMARY KEY,
    server       TEXT,
    tool         TEXT NOT NULL,
    identity     TEXT NOT NULL,                -- of the server it was made for: another one has no rule
    pattern      TEXT NOT NULL CHECK (json_valid(pattern)),
    words        TEXT NOT NULL,
    conversation TEXT,                         -- null: in every chat; of a temporary chat too, so no reference
    created_at   INTEGER NOT NULL,             -- unix milliseconds, as all times here
    until        INTEGER,
    uses         INTEGER NOT NULL DEFAULT 0,
    last_used_at INTEGER
  ) STRICT;

  CREATE TABLE tool_policies (
    tool   TEXT PRIMARY KEY,                   -- 'server/name'; server is empty for what is built in
    policy TEXT NOT NULL CHECK (policy IN ('never', 'ask', 'chat', 'always'))
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE tool_groups (id TEXT PRIMARY KEY, enabled INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE tool_folders (
    path       TEXT PRIMARY KEY,
    access     TEXT NOT NULL CHECK (access IN ('read', 'write')),
    created_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE notes (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    text       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    origins    TEXT NOT NULL CHECK (json_valid(origins)) -- texts that were read before it was written
  ) STRICT;
  CREATE VIRTUAL TABLE notes_fts USING fts5 (
    text, content = 'notes', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2');
  INSERT INTO notes_fts (notes_fts, rank) VALUES ('secure-delete', 1);
  CREATE TRIGGER notes_fts_insert AFTER INSERT ON notes
  BEGIN INSERT INTO notes_fts (rowid, text) VALUES (new.seq, new.text); END;
  CREATE TRIGGER notes_fts_delete AFTER DELETE ON notes
  BEGIN INSERT INTO notes_fts (notes_fts, rowid, text) VALUES ('delete', old.seq, old.text); END;

  CREATE TABLE reminders (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL CHECK (kind IN ('reminder', 'timer')),
    text       TEXT NOT NULL,
    said       TEXT NOT NULL,                  -- when, in the words that were used
    due_at     INTEGER,
    created_at INTEGER NOT NULL,
    shown_at   INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE tool_servers (
    id          TEXT PRIMARY KEY,
    config      TEXT NOT NULL CHECK (json_valid(config)),   -- name and transport, values of variables included
    enabled     INTEGER NOT NULL,
    approved    TEXT CHECK (approved IS NULL OR json_valid(approved)), -- what it offered when it was looked at
    approved_at INTEGER
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE egress_grants (
    id           TEXT PRIMARY KEY,
    host         TEXT NOT NULL,
    purpose      TEXT NOT NULL,
    conversation TEXT,
    created_at   INTEGER NOT NULL,
    until        INTEGER,
    uses         INTEGER NOT NULL DEFAULT 0
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE egress_log (
    id         TEXT PRIMARY KEY,
    at         INTEGER NOT NULL,
    process    TEXT NOT NULL,
    host       TEXT NOT NULL,
    method     TEXT NOT NULL,
    purpose    TEXT NOT NULL,
    outcome    TEXT NOT NULL CHECK (outcome IN ('open', 'done', 'refused', 'failed')),
    bytes_out  INTEGER NOT NULL,
    bytes_in   INTEGER NOT NULL,
    allowed_by TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX egress_log_by_time ON egress_log (at);`,
}
