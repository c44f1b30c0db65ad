-- An event that is due at once has no time: due_at is 0, and no clock decides about it. Its place in the queue is queued_at.
UPDATE wh_event SET due_at = 0 WHERE state = 0 AND due_at = queued_at;
DROP INDEX wh_event_due;
CREATE INDEX wh_event_queue ON wh_event(source, queued_at) WHERE state = 0 AND due_at = 0;
CREATE INDEX wh_event_due ON wh_event(source, due_at) WHERE state = 0 AND due_at > 0;

-- Events by endpoint and state. Every statement that changes an event changes these numbers in the same transaction.
CREATE TABLE wh_count(
  source TEXT NOT NULL,
  state INTEGER NOT NULL,
  number INTEGER NOT NULL,
  PRIMARY KEY(source, state)
) STRICT, WITHOUT ROWID;
INSERT INTO wh_count(source, state, number) SELECT source, state, count(*) FROM wh_event GROUP BY source, state;

CREATE TRIGGER wh_event_inserted AFTER INSERT ON wh_event BEGIN
  INSERT INTO wh_count(source, state, number) VALUES(NEW.source, NEW.state, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER wh_event_moved AFTER UPDATE OF source, state ON wh_event
WHEN OLD.state IS NOT NEW.state OR OLD.source IS NOT NEW.source BEGIN
  UPDATE wh_count SET number = number - 1 WHERE source = OLD.source AND state = OLD.state;
  INSERT INTO wh_count(source, state, number) VALUES(NEW.source, NEW.state, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER wh_event_deleted AFTER DELETE ON wh_event BEGIN
  UPDATE wh_count SET number = number - 1 WHERE source = OLD.source AND state = OLD.state;
END;
