-- Deliveries that were left out, by the rule (kind 1), and ended attempts, by the response code (kind 2), of each endpoint and span
-- of time.
CREATE TABLE wh_breakdown(
  span INTEGER NOT NULL,
  at INTEGER NOT NULL,
  source TEXT NOT NULL,
  kind INTEGER NOT NULL,
  name TEXT NOT NULL,
  number INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  PRIMARY KEY(span, at, source, kind, name)
) STRICT, WITHOUT ROWID;
