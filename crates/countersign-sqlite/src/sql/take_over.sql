-- A handler that ran alone when the process ended may have ended it. Others are suspects if they had started.
UPDATE wh_event SET state = 0, worker = NULL, lease_until = NULL,
    attempt = max(attempt - 1 + is_started, 0),
    isolation = iif(is_started, max(isolation, alone.is_so) + 1, max(isolation, 1)),
    due_at = iif(isolation > 0 OR (alone.is_so AND is_started), ?1, iif(due_at > ?1, 0, due_at))
FROM (SELECT count(*) = 1 AS is_so FROM wh_event WHERE state = 1) alone
WHERE state = 1
