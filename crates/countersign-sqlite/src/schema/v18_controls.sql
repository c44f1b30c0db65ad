-- Settings of operators: the rate limit of an endpoint (kind 'limit', with attempts per milliseconds), and the latest operation on its
-- circuits (kind 'circuit'): open until a time, or closed. The id of the latter grows with each operation.
CREATE TABLE wh_control(
  source TEXT NOT NULL,
  kind TEXT NOT NULL,
  id INTEGER NOT NULL,
  since INTEGER NOT NULL,
  until INTEGER,
  attempts INTEGER,
  per INTEGER,
  actor TEXT NOT NULL,
  reason TEXT,
  PRIMARY KEY(source, kind)
) STRICT, WITHOUT ROWID;
-- The circuits that workers report: those that are not closed.
CREATE TABLE wh_circuit(
  source TEXT NOT NULL,
  worker TEXT NOT NULL,
  until INTEGER NOT NULL,
  is_half_open INTEGER NOT NULL,
  pattern TEXT,
  seen_at INTEGER NOT NULL,
  PRIMARY KEY(source, worker)
) STRICT, WITHOUT ROWID;
