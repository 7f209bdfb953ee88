// engine/storage/migrations/0010-memory.ts: what Hearth believes about the person, why, and where it was used.
//
// Evidence is a span of a message and holds no copy of its words: they are read from the message, and go with it. What
// was only inferred goes with its last words; what the person said or wrote themselves stays. `alpha` and `beta` are as
// they were at `weighed_at`; fading is computed when they are read.
import type { Migration } from '../migrate.ts'

const insertWords = `INSERT INTO memories_fts (rowid, text, statement) VALUES (new.seq, new.text, new.statement);`
const deleteWords = `INSERT INTO memories_fts (memories_fts, rowid, text, statement)
    VALUES ('delete', old.seq, old.text, old.statement);`

export const memory: Migration = {
  version: 10,
  sql: `
  CREATE TABLE memories (
    seq          INTEGER PRIMARY KEY,
    id           TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL CHECK (kind IN ('preference', 'instruction', 'fact', 'person')),
    key          TEXT,                        -- what it is about: two of one key contradict each other
    statement    TEXT NOT NULL,               -- as a model reads it
    text         TEXT NOT NULL,               -- as the person reads it
    sameness     TEXT NOT NULL,               -- the statement without case and marks: equal means the same
    conversation TEXT REFERENCES conversations (id) ON DELETE CASCADE, -- null: holds everywhere
    status       TEXT NOT NULL CHECK (status IN ('active', 'held', 'disputed', 'replaced', 'leaving')),
    origin       TEXT NOT NULL CHECK (origin IN ('typed', 'inferred', 'tool', 'file')),
    alpha        REAL NOT NULL CHECK (alpha >= 1),
    beta         REAL NOT NULL CHECK (beta >= 1),
    weighed_at   INTEGER NOT NULL,
    half_life    REAL CHECK (half_life > 0),  -- days
    expires_at   INTEGER,
    pinned       INTEGER NOT NULL DEFAULT 0 CHECK (pinned IN (0, 1)),
    replaced_by  TEXT REFERENCES memories (id) ON DELETE SET NULL,
    against      TEXT REFERENCES memories (id) ON DELETE SET NULL,
    leaving_at   INTEGER,                     -- asked to be forgotten then
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX memories_by_key ON memories (key) WHERE key IS NOT NULL;
  CREATE INDEX memories_by_sameness ON memories (sameness);
  CREATE INDEX memories_by_conversation ON memories (conversation) WHERE conversation IS NOT NULL;
  CREATE INDEX memories_replaced_by ON memories (replaced_by) WHERE replaced_by IS NOT NULL;
  CREATE INDEX memories_against ON memories (against) WHERE against IS NOT NULL;

  CREATE TABLE memory_evidence (
    seq     INTEGER PRIMARY KEY,
    memory  TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
    message TEXT,                             -- null: its message was deleted
    start   INTEGER NOT NULL,                 -- [start, end) in UTF-16 units
    "end"   INTEGER NOT NULL,
    speaks  TEXT NOT NULL CHECK (speaks IN ('for', 'against')),
    weight  REAL NOT NULL,
    at      INTEGER NOT NULL,
    UNIQUE (memory, message, start, "end")
  ) STRICT;
  CREATE INDEX memory_evidence_by_message ON memory_evidence (message);
  CREATE TRIGGER memory_evidence_message_gone AFTER DELETE ON messages
  BEGIN
    DELETE FROM memories WHERE origin <> 'typed' AND id IN (SELECT memory FROM memory_evidence WHERE message = old.id)
      AND NOT EXISTS (SELECT 1 FROM memory_evidence e
        WHERE e.memory = memories.id AND e.message IS NOT NULL AND e.message <> old.id);
    UPDATE memory_evidence SET message = NULL, start = 0, "end" = 0 WHERE message = old.id;
  END;

  CREATE TABLE memory_vectors (
    memory   INTEGER PRIMARY KEY REFERENCES memories (seq) ON DELETE CASCADE,
    embedder TEXT NOT NULL,                   -- vectors of different embedders are not compared
    vector   BLOB NOT NULL                    -- int8
  ) STRICT;

  CREATE TABLE memory_uses (
    reply    TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    memory   TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
    place    TEXT NOT NULL CHECK (place IN ('block', 'turn')),
    ordinal  INTEGER NOT NULL,
    because  TEXT NOT NULL CHECK (because IN ('pinned', 'standing', 'words', 'meaning', 'both')),
    at       INTEGER NOT NULL,
    PRIMARY KEY (reply, memory)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memory_uses_by_memory ON memory_uses (memory, at);

  -- Memories that a reply and what follows it must do without: the person said so.
  CREATE TABLE memory_refusals (
    reply  TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    memory TEXT NOT NULL REFERENCES memories (id) ON DELETE CASCADE,
    PRIMARY KEY (reply, memory)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memory_refusals_by_memory ON memory_refusals (memory);

  -- What a message made happen, so that it can be taken back. Ids only.
  CREATE TABLE memory_acts (
    id        TEXT PRIMARY KEY,
    message   TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    did       TEXT NOT NULL,
    changes   TEXT NOT NULL CHECK (json_valid(changes)),
    at        INTEGER NOT NULL,
    undone_at INTEGER
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memory_acts_by_message ON memory_acts (message);

  -- Messages that need not be read for facts (any more), and those that must not: what was forgotten stays forgotten.
  CREATE TABLE memory_readings (
    message TEXT PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
    result  TEXT NOT NULL CHECK (result IN ('read', 'forgotten')),
    at      INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE memory_pauses (
    conversation TEXT PRIMARY KEY REFERENCES conversations (id) ON DELETE CASCADE
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE forget_receipts (
    id      TEXT PRIMARY KEY,
    at      INTEGER NOT NULL,
    receipt TEXT NOT NULL CHECK (json_valid(receipt))
  ) STRICT, WITHOUT ROWID;

  CREATE VIRTUAL TABLE memories_fts USING fts5 (
    text, statement, content = 'memories', content_rowid = 'seq', tokenize = 'porter unicode61 remove_diacritics 2');
  INSERT INTO memories_fts (memories_fts, rank) VALUES ('secure-delete', 1);
  CREATE TRIGGER memories_fts_insert AFTER INSERT ON memories BEGIN ${insertWords} END;
  CREATE TRIGGER memories_fts_delete AFTER DELETE ON memories BEGIN ${deleteWords} END;
  CREATE TRIGGER memories_fts_changed AFTER UPDATE OF text, statement ON memories BEGIN ${deleteWords} ${insertWords} END;`,
}
