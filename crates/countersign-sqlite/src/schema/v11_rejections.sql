-- Rejected requests, by hour, endpoint, provider and kind. `at` is the start of the hour.
CREATE TABLE wh_rejection(
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  provider TEXT NOT NULL,
  kind TEXT NOT NULL,
  number INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY(at, source, provider, kind)
) STRICT, WITHOUT ROWID;
-- The latest rejected requests of each endpoint, without bodies and credentials.
CREATE TABLE wh_rejection_sample(
  id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,
  cause TEXT NOT NULL,
  head TEXT NOT NULL
) STRICT;
CREATE INDEX wh_rejection_sample_source ON wh_rejection_sample(source, id);
CREATE INDEX wh_rejection_sample_at ON wh_rejection_sample(at);
