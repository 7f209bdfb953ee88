// engine/storage/migrations/0004-search-speed.ts: the index of messages knows beginnings of words by themselves. Without
// that, a search for the first letter of a word reads the lists of all words that begin with it.
import type { Migration } from '../migrate.ts'

export const searchSpeed: Migration = {
  version: 4,
  sql: `
  DROP TABLE messages_fts;
  CREATE VIRTUAL TABLE messages_fts USING fts5 (
    text, content = 'messages', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');
  INSERT INTO messages_fts (messages_fts, rank) VALUES ('secure-delete', 1);
  INSERT INTO messages_fts (rowid, text) SELECT seq, text FROM messages WHERE status <> 'streaming';`,
}
