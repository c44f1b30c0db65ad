-- The owner counts new events itself, once for each source in a transaction: a trigger costs each of them two more steps in
-- a tree. Events that change or go are counted by triggers, because operators change them, too.
DROP TRIGGER wh_event_inserted;
-- An event may be stored and claimed in one transaction, before the numbers of its source have a row.
DROP TRIGGER wh_event_moved;
CREATE TRIGGER wh_event_moved AFTER UPDATE OF source, state ON wh_event
WHEN OLD.state IS NOT NEW.state OR OLD.source IS NOT NEW.source BEGIN
  INSERT INTO wh_count(source, state, number) VALUES(OLD.source, OLD.state, -1)
    ON CONFLICT DO UPDATE SET number = number - 1;
  INSERT INTO wh_count(source, state, number) VALUES(NEW.source, NEW.state, 1)
    ON CONFLICT DO UPDATE SET number = number + 1;
END;
DROP TRIGGER wh_event_deleted;
CREATE TRIGGER wh_event_deleted AFTER DELETE ON wh_event BEGIN
  INSERT INTO wh_count(source, state, number) VALUES(OLD.source, OLD.state, -1)
    ON CONFLICT DO UPDATE SET number = number - 1;
END;
