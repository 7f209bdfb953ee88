// engine/storage/migrations/0011-traces.ts: how each reply came about, step by step, and what it takes to repeat it.
//
// The prompt is kept as token ids. Prompts of one conversation begin alike, so a trace keeps what is new and names the
// trace (`base`) whose first `shared` tokens it begins with. Ids are text in another alphabet: they go with the
// conversation, and when something that the prompt held is forgotten.
import type { Migration } from '../migrate.ts'

export const traces: Migration = {
  version: 11,
  sql: `
  CREATE TABLE traces (
    seq            INTEGER PRIMARY KEY,
    id             TEXT NOT NULL UNIQUE,
    conversation   TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    question       TEXT NOT NULL,
    reply          TEXT NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    started_at     INTEGER NOT NULL,
    ended_at       INTEGER,
    question_class TEXT,
    choices        TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(choices)),
    recipe         TEXT CHECK (recipe IS NULL OR json_valid(recipe)),
    base           INTEGER REFERENCES traces (seq) ON DELETE SET NULL,
    shared         INTEGER NOT NULL DEFAULT 0,
    depth          INTEGER NOT NULL DEFAULT 0, -- traces to go through for the whole prompt
    prompt         BLOB,                       -- ids behind the shared ones; null: not recorded, or removed
    output         BLOB                        -- ids that the model wrote
  ) STRICT;
  CREATE INDEX traces_by_conversation ON traces (conversation, seq);
  CREATE INDEX traces_by_base ON traces (base) WHERE base IS NOT NULL;

  CREATE TABLE spans (
    seq        INTEGER PRIMARY KEY,
    id         TEXT NOT NULL UNIQUE,
    trace      TEXT NOT NULL REFERENCES traces (id) ON DELETE CASCADE,
    parent     TEXT,
    step       TEXT NOT NULL CHECK (step IN ('retrieve', 'generate', 'tool', 'respond')),
    started_at INTEGER NOT NULL,
    ended_at   INTEGER,
    problem    TEXT,
    detail     TEXT NOT NULL CHECK (json_valid(detail))
  ) STRICT;
  CREATE INDEX spans_by_trace ON spans (trace, seq);`,
}
