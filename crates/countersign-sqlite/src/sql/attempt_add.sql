INSERT INTO wh_attempt(event_id, fence, attempt, started_at, ended_at, outcome, error, worker, failure, code, replayed_by)
SELECT id, fence, attempt, claimed_at, ?2, ?3, ?4, worker, ?5, ?6, replayed_by
FROM wh_event
WHERE id = ?1
