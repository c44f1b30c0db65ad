-- The endpoints whose events are not claimed, until a time in milliseconds or until they are resumed.
CREATE TABLE wh_pause(
  source TEXT PRIMARY KEY,
  since INTEGER NOT NULL,
  until INTEGER,
  actor TEXT NOT NULL,
  reason TEXT
) STRICT, WITHOUT ROWID;
