-- $1 keys, $2 fences, $3 outcomes (done, skip, retry, dead, giveback), $4 delays in ms, $5 errors. One row per finish
-- that counts. A finish as done of what is done by the same lease counts, and changes nothing.
WITH given AS MATERIALIZED (
    SELECT g.*, {schema}.now_() AS now
    FROM unnest($1::bytea[], $2::int8[], $3::text[], $4::int8[], $5::text[]) WITH ORDINALITY
         AS g(key, fence, outcome, delay, error, place)
), settled AS MATERIALIZED (
    SELECT given.place
    FROM given
    CROSS JOIN LATERAL (SELECT state, fence FROM {schema}.event WHERE key = given.key LIMIT 1) e
    WHERE given.outcome = 'done' AND e.state = 2 AND e.fence = given.fence
), finished AS (
    UPDATE {schema}.event e
    SET state = CASE WHEN given.outcome IN ('done', 'skip') THEN 2 WHEN given.outcome = 'dead' THEN 3 ELSE 0 END,
        attempt = CASE WHEN given.outcome = 'giveback' THEN greatest(e.attempt - 1, 0) ELSE e.attempt END,
        due_at = CASE WHEN given.outcome = 'retry' THEN given.now + given.delay * interval '1 ms' ELSE given.now END,
        finished_at = CASE WHEN e.state = 2 THEN e.finished_at
                           WHEN given.outcome IN ('done', 'skip', 'dead') THEN given.now END,
        error = coalesce(given.error, e.error),
        worker = NULL
    FROM given
    WHERE e.key = given.key AND e.fence = given.fence
      -- The second is a finish that was sent twice at once.
      AND (e.state = 1 OR e.state = 2 AND given.outcome = 'done')
      AND NOT EXISTS (SELECT FROM settled WHERE settled.place = given.place)
    RETURNING given.place, e.id, e.attempt, e.fence, given.outcome, given.error, given.now
), recorded AS (
    INSERT INTO {schema}.attempt (event_id, attempt, fence, ended_at, outcome, error, day)
    SELECT id, attempt, fence, now, outcome, error, (now AT TIME ZONE 'UTC')::date
    FROM finished
    WHERE outcome IN ('skip', 'retry', 'dead')
)
SELECT place FROM finished
UNION ALL
SELECT place FROM settled
