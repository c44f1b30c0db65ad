SELECT attempt, fence, started_at, ended_at, outcome, failure, code, error, worker, replayed_by
FROM wh_attempt
WHERE event_id = ?1
ORDER BY fence DESC LIMIT ?2
