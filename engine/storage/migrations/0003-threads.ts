// engine/storage/migrations/0003-threads.ts: what conversations grew: thoughts, files, what the model was given to read,
// the marks of a reply's tokens, single messages that are deleted, pins, and summaries for chats that are too long.
//
// The words of files are indexed like messages. A message that is hidden stays in the index until it is purged; searches
// leave it out.
import type { Migration } from '../migrate.ts'

export const threads: Migration = {
  version: 3,
  sql: `
  ALTER TABLE conversations ADD COLUMN pinned_at INTEGER;
  ALTER TABLE conversations ADD COLUMN overflow TEXT CHECK (overflow IN ('ask', 'roll', 'digest', 'stop'));
  ALTER TABLE messages ADD COLUMN thought TEXT NOT NULL DEFAULT '';
  ALTER TABLE messages ADD COLUMN context TEXT CHECK (context IS NULL OR json_valid(context));
  ALTER TABLE messages ADD COLUMN marks TEXT CHECK (marks IS NULL OR json_valid(marks));
  ALTER TABLE messages ADD COLUMN deleted_at INTEGER;    -- hidden since, with all that follows it; purged soon after
  CREATE INDEX messages_deleted ON messages (conversation, deleted_at) WHERE deleted_at IS NOT NULL;

  CREATE TABLE attachments (
    seq     INTEGER PRIMARY KEY,
    id      TEXT NOT NULL UNIQUE,
    message TEXT NOT NULL REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,
    name    TEXT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('text', 'markdown', 'code', 'pdf')),
    bytes   INTEGER NOT NULL,                            -- of the file
    pages   INTEGER,
    text    TEXT NOT NULL                                -- pages of a PDF are separated by a form feed
  ) STRICT;
  CREATE INDEX attachments_by_message ON attachments (message);

  CREATE TABLE digests (
    conversation TEXT NOT NULL REFERENCES conversations (id) DEFERRABLE INITIALLY DEFERRED,
    upto         TEXT NOT NULL REFERENCES messages (id) DEFERRABLE INITIALLY DEFERRED,  -- the last message it stands for
    text         TEXT NOT NULL,
    by           TEXT NOT NULL CHECK (by IN ('model', 'person')),
    PRIMARY KEY (conversation, upto)
  ) STRICT;

  CREATE VIRTUAL TABLE attachments_fts USING fts5 (
    name, text, content = 'attachments', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2');
  INSERT INTO attachments_fts (attachments_fts, rank) VALUES ('secure-delete', 1);
  CREATE TRIGGER attachments_fts_insert AFTER INSERT ON attachments
  BEGIN INSERT INTO attachments_fts (rowid, name, text) VALUES (new.seq, new.name, new.text); END;
  CREATE TRIGGER attachments_fts_delete AFTER DELETE ON attachments
  BEGIN INSERT INTO attachments_fts (attachments_fts, rowid, name, text) VALUES ('delete', old.seq, old.name, old.text); END;
  `,
}
