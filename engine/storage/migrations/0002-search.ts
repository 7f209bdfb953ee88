// engine/storage/migrations/0002-search.ts: full-text indexes over messages and titles.
//
// External content: the text is stored once, and triggers keep the index equal to it. A reply is indexed when it has
// ended, so that streaming does not write the index several times a second.
// 'secure-delete' makes FTS5 remove deleted words from its own pages at once instead of marking them.
import type { Migration } from '../migrate.ts'

const insertMessage = `INSERT INTO messages_fts (rowid, text) VALUES (new.seq, new.text);`
const deleteMessage = `INSERT INTO messages_fts (messages_fts, rowid, text) VALUES ('delete', old.seq, old.text);`
const insertTitle = `INSERT INTO titles_fts (rowid, title) VALUES (new.seq, new.title);`
const deleteTitle = `INSERT INTO titles_fts (titles_fts, rowid, title) VALUES ('delete', old.seq, old.title);`

export const search: Migration = {
  version: 2,
  sql: `
  CREATE VIRTUAL TABLE messages_fts USING fts5 (
    text, content = 'messages', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2');
  CREATE VIRTUAL TABLE titles_fts USING fts5 (
    title, content = 'conversations', content_rowid = 'seq', tokenize = 'unicode61 remove_diacritics 2');
  INSERT INTO messages_fts (messages_fts, rank) VALUES ('secure-delete', 1);
  INSERT INTO titles_fts (titles_fts, rank) VALUES ('secure-delete', 1);

  CREATE TRIGGER messages_fts_insert AFTER INSERT ON messages WHEN new.status <> 'streaming'
  BEGIN ${insertMessage} END;
  CREATE TRIGGER messages_fts_delete AFTER DELETE ON messages WHEN old.status <> 'streaming'
  BEGIN ${deleteMessage} END;
  CREATE TRIGGER messages_fts_ended AFTER UPDATE OF text, status ON messages
    WHEN old.status = 'streaming' AND new.status <> 'streaming'
  BEGIN ${insertMessage} END;
  CREATE TRIGGER messages_fts_changed AFTER UPDATE OF text, status ON messages
    WHEN old.status <> 'streaming' AND new.status <> 'streaming'
  BEGIN ${deleteMessage} ${insertMessage} END;
  CREATE TRIGGER messages_fts_again AFTER UPDATE OF text, status ON messages
    WHEN old.status <> 'streaming' AND new.status = 'streaming'
  BEGIN ${deleteMessage} END;

  CREATE TRIGGER titles_fts_insert AFTER INSERT ON conversations BEGIN ${insertTitle} END;
  CREATE TRIGGER titles_fts_delete AFTER DELETE ON conversations BEGIN ${deleteTitle} END;
  CREATE TRIGGER titles_fts_changed AFTER UPDATE OF title ON conversations BEGIN ${deleteTitle} ${insertTitle} END;

  INSERT INTO messages_fts (rowid, text) SELECT seq, text FROM messages WHERE status <> 'streaming';
  INSERT INTO titles_fts (rowid, title) SELECT seq, title FROM conversations;`,
}
