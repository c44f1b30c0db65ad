-- Indexes for the searches of operators. Indexes of events that failed or are dead cost those that are handled nothing.
CREATE INDEX wh_event_dead ON wh_event(source) WHERE state = 3;
CREATE INDEX wh_event_dead_type ON wh_event(event_type) WHERE state = 3;
-- The kind of an error: without what differs between two of one kind, numbers and hexadecimal digits. A part of an error is
-- a part of its kind, if both are written so.
CREATE INDEX wh_event_error ON wh_event(
  replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(error), '0', '#'), '1', '#'), '2', '#'), '3', '#'), '4', '#'), '5', '#'), '6', '#'), '7', '#'), '8', '#'), '9', '#'), 'a', '#'), 'b', '#'), 'c', '#'), 'd', '#'), 'e', '#'), 'f', '#')
) WHERE error IS NOT NULL;
CREATE INDEX wh_event_dead_error ON wh_event(
  replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(error), '0', '#'), '1', '#'), '2', '#'), '3', '#'), '4', '#'), '5', '#'), '6', '#'), '7', '#'), '8', '#'), '9', '#'), 'a', '#'), 'b', '#'), 'c', '#'), 'd', '#'), 'e', '#'), 'f', '#')
) WHERE state = 3 AND error IS NOT NULL;

-- Which ids and types a thousand events may have: a Bloom filter, made after they were accepted, because an index of random
-- ids would cost each accept as much as the event itself. Without bits, they may have any.
CREATE TABLE wh_block(
  upto INTEGER PRIMARY KEY,
  begin INTEGER NOT NULL,
  bits BLOB
) STRICT;
CREATE TRIGGER wh_event_renamed AFTER UPDATE OF external_id, event_type ON wh_event
WHEN OLD.external_id IS NOT NEW.external_id OR OLD.event_type IS NOT NEW.event_type BEGIN
  UPDATE wh_block SET bits = NULL WHERE upto = (SELECT min(upto) FROM wh_block WHERE upto >= NEW.id);
END;
