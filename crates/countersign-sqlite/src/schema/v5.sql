-- What operators look for. Each ends with the number of the event, which is the order of lists.
CREATE INDEX wh_event_state ON wh_event(source, state);
CREATE INDEX wh_event_type ON wh_event(event_type) WHERE event_type IS NOT NULL;
CREATE INDEX wh_event_dead_type ON wh_event(event_type) WHERE state = 3;
CREATE INDEX wh_event_external ON wh_event(external_id) WHERE external_id IS NOT NULL;
-- The kind of an error: without what differs between two of one kind, numbers and hexadecimal digits. A part of an error is
-- a part of its kind, if both are written so.
CREATE INDEX wh_event_error ON wh_event(
  replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(error), '0', '#'), '1', '#'), '2', '#'), '3', '#'), '4', '#'), '5', '#'), '6', '#'), '7', '#'), '8', '#'), '9', '#'), 'a', '#'), 'b', '#'), 'c', '#'), 'd', '#'), 'e', '#'), 'f', '#')
) WHERE error IS NOT NULL;
CREATE INDEX wh_event_dead_error ON wh_event(
  replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(replace(lower(error), '0', '#'), '1', '#'), '2', '#'), '3', '#'), '4', '#'), '5', '#'), '6', '#'), '7', '#'), '8', '#'), '9', '#'), 'a', '#'), 'b', '#'), 'c', '#'), 'd', '#'), 'e', '#'), 'f', '#')
) WHERE state = 3 AND error IS NOT NULL;
