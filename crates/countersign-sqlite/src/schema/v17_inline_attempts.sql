-- Attempts in inline mode, which have no event. `took` is in milliseconds.
CREATE TABLE wh_inline_attempt(
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  provider TEXT NOT NULL,
  tenant TEXT,
  external_id TEXT,
  event_type TEXT,
  fence INTEGER,
  ended_at INTEGER NOT NULL,
  took INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  failure TEXT,
  code INTEGER,
  error TEXT,
  worker TEXT NOT NULL
) STRICT;
CREATE INDEX wh_inline_attempt_source ON wh_inline_attempt(source, id);
CREATE INDEX wh_inline_attempt_failed ON wh_inline_attempt(id) WHERE outcome IN ('retry', 'dead');
CREATE INDEX wh_inline_attempt_ended_at ON wh_inline_attempt(ended_at);
