-- Makes an event ready and due at once, with all attempts available again, for an actor. The fence continues.
UPDATE wh_event
SET state = 0, attempt = 0, replays = replays + 1, isolation = 0, queued_at = ?2, due_at = 0, finished_at = NULL, replayed_by = ?3
WHERE id = ?1
