// engine/storage/migrations/0012-learning.ts: what the person's reactions were, and what had been chosen for the reply.
// What is learned is counted from these rows whenever it is asked, so it never disagrees with them, and goes with them.
import type { Migration } from '../migrate.ts'

export const learning: Migration = {
  version: 12,
  sql: `
  CREATE TABLE feedback (
    reply TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    kind  TEXT NOT NULL CHECK (kind IN ('up', 'down', 'copy', 'retry', 'edit', 'stop')),
    at    INTEGER NOT NULL,
    PRIMARY KEY (reply, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX feedback_by_time ON feedback (at);

  CREATE TABLE reply_choices (
    reply  TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    choice TEXT NOT NULL,
    class  TEXT NOT NULL,
    option TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (reply, choice)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX reply_choices_by_choice ON reply_choices (choice, class, option, at);

  CREATE TABLE choice_rules (
    class    TEXT NOT NULL,
    choice   TEXT NOT NULL,
    fixed    TEXT,                -- the person's own choice; null: learned
    reset_at INTEGER NOT NULL,    -- replies until then do not count
    PRIMARY KEY (class, choice)
  ) STRICT, WITHOUT ROWID;`,
}
