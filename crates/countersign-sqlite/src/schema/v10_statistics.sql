-- The counts of processes, by endpoint and span of time: a minute, an hour, a day. The span is its length in minutes, and `at`
-- its start. The times from acceptance to done are numbers of 8 bytes, one per bucket that is not empty.
CREATE TABLE wh_statistic(
  span INTEGER NOT NULL,
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  accepted INTEGER NOT NULL,
  duplicates INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  done INTEGER NOT NULL,
  retries INTEGER NOT NULL,
  dead INTEGER NOT NULL,
  time_to_done BLOB NOT NULL,
  PRIMARY KEY(span, at, source)
) STRICT, WITHOUT ROWID;
CREATE TABLE wh_key_use(
  span INTEGER NOT NULL,
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  key TEXT NOT NULL,
  number INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY(span, at, source, key)
) STRICT, WITHOUT ROWID;
-- Of each endpoint, however long ago.
CREATE TABLE wh_activity(
  source TEXT PRIMARY KEY,
  delivered_at INTEGER,
  done_at INTEGER
) STRICT, WITHOUT ROWID;
