// engine/storage/migrations/0001-conversations.ts: conversations, their messages, and what the person chose.
//
// `seq` is the row number: order of writing, and the key of the full-text index (a rowid of its own would not survive
// VACUUM). Messages form a tree by `parent`; `head` is the leaf of the branch that is shown.
// The keys between messages are checked at the end of a transaction, and do not cascade: SQLite runs cascades as nested
// triggers, at most 1000 deep, and a conversation is a chain of parents as long as it is.
import type { Migration } from '../migrate.ts'

export const conversations: Migration = {
  version: 1,
  sql: `
  CREATE TABLE conversations (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    title      TEXT NOT NULL,
    title_by   TEXT NOT NULL CHECK (title_by IN ('person', 'auto')),
    created_at INTEGER NOT NULL,             -- unix milliseconds, as all times here
    updated_at INTEGER NOT NULL,             -- when its newest message was written
    head       TEXT REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
    deleted_at INTEGER                       -- hidden since; purged soon after
  ) STRICT;

  CREATE TABLE messages (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    conversation TEXT NOT NULL REFERENCES conversations (id) DEFERRABLE INITIALLY DEFERRED,
    parent       TEXT REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
    role         TEXT NOT NULL CHECK (role IN ('user', 'assistant')),
    text         TEXT NOT NULL,
    status       TEXT NOT NULL CHECK (status IN ('streaming', 'done', 'stopped', 'failed', 'interrupted')),
    created_at   INTEGER NOT NULL,
    model        TEXT,
    stats        TEXT CHECK (stats IS NULL OR json_valid(stats)),
    failure      TEXT CHECK (failure IS NULL OR json_valid(failure)),
    CHECK (role = 'assistant' OR status = 'done'),
    CHECK ((failure IS NOT NULL) = (status = 'failed'))
  ) STRICT;
  CREATE INDEX messages_by_conversation ON messages (conversation, seq);
  CREATE INDEX messages_by_parent ON messages (parent);
  CREATE INDEX messages_streaming ON messages (conversation) WHERE status = 'streaming';

  CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL CHECK (json_valid(value))
  ) STRICT;`,
}
