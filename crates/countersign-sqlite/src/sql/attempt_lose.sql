INSERT INTO wh_attempt(event_id, fence, attempt, started_at, ended_at, outcome, error, worker, replayed_by)
SELECT id, fence, attempt, claimed_at, lease_until, 'lost', '', worker, replayed_by
FROM wh_event
WHERE id = ?1 AND state = 1
