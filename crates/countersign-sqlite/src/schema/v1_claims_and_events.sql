-- Deliveries that are handled behind a claim. The guard of an unsigned id is a row of its own.
CREATE TABLE wh_claim(
  key BLOB NOT NULL PRIMARY KEY,
  fence INTEGER NOT NULL,
  token BLOB NOT NULL,
  mark BLOB NOT NULL,              -- the digest of the body; of a guard, the key that it belongs to
  state INTEGER NOT NULL CHECK(state IN (1, 2)),                              -- 1 running, 2 done
  until INTEGER NOT NULL,
  finished_at INTEGER,
  guard BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX wh_claim_gc ON wh_claim(finished_at) WHERE state = 2;

-- The inbox. Times are milliseconds since 1970.
CREATE TABLE wh_event(
  id INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  source TEXT NOT NULL,
  tenant TEXT,
  provider TEXT NOT NULL,
  external_id TEXT,
  event_type TEXT,
  traceparent TEXT,
  body_sha256 BLOB NOT NULL,
  guard BLOB,
  received_at INTEGER NOT NULL,    -- by the clock of the receiver
  stored_at INTEGER NOT NULL,
  queued_at INTEGER NOT NULL,      -- stored or replayed
  state INTEGER NOT NULL DEFAULT 0 CHECK(state BETWEEN 0 AND 3),              -- 0 ready, 1 running, 2 done, 3 dead
  attempt INTEGER NOT NULL DEFAULT 0,
  replays INTEGER NOT NULL DEFAULT 0,
  fence INTEGER NOT NULL DEFAULT 0,
  worker TEXT,
  lease_until INTEGER,
  due_at INTEGER NOT NULL,
  finished_at INTEGER,             -- of what is done or dead, and of nothing else
  error TEXT
) STRICT;
CREATE UNIQUE INDEX wh_event_key ON wh_event(key);
CREATE UNIQUE INDEX wh_event_guard ON wh_event(guard) WHERE guard IS NOT NULL;
CREATE INDEX wh_event_due ON wh_event(source, due_at) WHERE state = 0;
CREATE INDEX wh_event_lease ON wh_event(source, lease_until) WHERE state = 1;
CREATE INDEX wh_event_gc ON wh_event(state, finished_at, source) WHERE finished_at IS NOT NULL;

-- Apart from the event, which changes several times.
CREATE TABLE wh_body(
  event_id INTEGER PRIMARY KEY REFERENCES wh_event(id) ON DELETE CASCADE,
  head BLOB NOT NULL,
  body BLOB NOT NULL
) STRICT;

-- Those that failed, or were skipped.
CREATE TABLE wh_attempt(
  event_id INTEGER NOT NULL REFERENCES wh_event(id) ON DELETE CASCADE,
  fence INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY(event_id, fence)
) STRICT, WITHOUT ROWID;

CREATE TABLE wh_audit(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  event_id INTEGER,                -- where it was one
  count INTEGER NOT NULL,
  detail TEXT
) STRICT;
CREATE INDEX wh_audit_event ON wh_audit(event_id) WHERE event_id IS NOT NULL;

-- Counters never go back, whatever is deleted.
CREATE TABLE wh_meta(
  name TEXT NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO wh_meta(name, value) VALUES('event', 0), ('fence', 0), ('probe', 0), ('bodies', 0);
