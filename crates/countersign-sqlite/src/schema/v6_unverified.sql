-- 4 unverified. Only the check of the column changes, as https://sqlite.org/lang_altertable.html describes it; the column
-- that is added below makes every connection read the new text.
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, 'CHECK(state BETWEEN 0 AND 3)', 'CHECK(state BETWEEN 0 AND 4)')
  WHERE type = 'table' AND name = 'wh_event';
-- 0, or 1 and the number of isolated attempts in a row that ended without an outcome.
ALTER TABLE wh_event ADD COLUMN isolation INTEGER NOT NULL DEFAULT 0;
-- Of the latest lease.
ALTER TABLE wh_event ADD COLUMN instance INTEGER NOT NULL DEFAULT 0;
PRAGMA writable_schema = OFF;
CREATE INDEX wh_event_isolated ON wh_event(source, due_at) WHERE state = 0 AND isolation > 0;
CREATE INDEX wh_event_unverified ON wh_event(source, id) WHERE state = 4;
