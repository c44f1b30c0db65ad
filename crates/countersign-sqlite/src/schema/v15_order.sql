-- Events of an endpoint with the same key are handled one after the other, in the order of their ids. An index has those that are
-- not handled, and one those that run.
ALTER TABLE wh_event ADD COLUMN ordering_key TEXT;
CREATE INDEX wh_event_ordered ON wh_event(source, ordering_key, id)
  WHERE ordering_key IS NOT NULL AND state IN (0, 1, 4);
CREATE INDEX wh_event_ordered_running ON wh_event(source, ordering_key) WHERE ordering_key IS NOT NULL AND state = 1;
-- An event that would be due at once, and waits for an earlier one, is held: its due_at is -1, so that no claim reads it.
CREATE INDEX wh_event_held ON wh_event(source, queued_at) WHERE state = 0 AND due_at < 0;
