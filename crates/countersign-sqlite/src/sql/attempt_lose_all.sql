-- The rows of attempts that ended with the process.
INSERT INTO wh_attempt(event_id, fence, attempt, started_at, ended_at, outcome, error, worker, replayed_by)
SELECT id, fence, attempt, claimed_at, min(lease_until, ?1), 'lost', '', worker, replayed_by
FROM wh_event
WHERE state = 1
