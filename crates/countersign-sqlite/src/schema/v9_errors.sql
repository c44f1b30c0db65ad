-- The kinds of failed attempts: of the same endpoint, type and class, and of the same text without numbers and ids. A type or a
-- class that is not known is empty.
CREATE TABLE wh_error(
  source TEXT NOT NULL,
  event_type TEXT NOT NULL,
  failure TEXT NOT NULL,
  pattern TEXT NOT NULL,
  count INTEGER NOT NULL,
  first_at INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  example INTEGER NOT NULL,        -- an event, which may be forgotten
  PRIMARY KEY(source, event_type, failure, pattern)
) STRICT, WITHOUT ROWID;
CREATE INDEX wh_error_at ON wh_error(last_at);
