-- $1 keys, $2 fences, $3 outcomes (done, skip, retry, keep, dead, give_back, unverified), $4 delays in ms, $5 errors, $6 how long locks are
-- waited for, or null for the setting of the transaction, $7 response codes, $8 classes of failures, $9 whether a success leaves
-- a row, as other outcomes always do, $10 patterns of the errors. One row per finish that counts, and one per finish that is held:
-- its row is locked, which is not waited for. A finish as done of what is done by the same lease counts, and changes nothing.
WITH limits AS MATERIALIZED (
    SELECT set_config('lock_timeout', coalesce($6::text, current_setting('lock_timeout')), true)
), given AS MATERIALIZED (
    SELECT g.*, {schema}.now_() AS now
    FROM limits, unnest((SELECT $1::bytea[]), $2::int8[], $3::text[], $4::int8[], $5::text[], $7::int4[], $8::text[], $9::bool[],
                        $10::text[])
         WITH ORDINALITY AS g(key, fence, outcome, delay, error, code, failure, is_recorded, pattern, place)
), settled AS MATERIALIZED (
    SELECT given.place
    FROM given
    CROSS JOIN LATERAL (SELECT state, fence FROM {schema}.event WHERE key = given.key LIMIT 1) e
    WHERE given.outcome = 'done' AND e.state = 2 AND e.fence = given.fence
), open AS MATERIALIZED (
    SELECT given.place, e.id, given.key
    FROM given
    CROSS JOIN LATERAL (SELECT id, state, fence FROM {schema}.event WHERE key = given.key LIMIT 1) e
    -- The second is a finish that was sent twice at once.
    WHERE e.fence = given.fence AND (e.state = 1 OR e.state = 2 AND given.outcome = 'done')
      AND NOT EXISTS (SELECT FROM settled WHERE settled.place = given.place)
), free AS MATERIALIZED (
    SELECT open.place, e.*
    FROM open
    CROSS JOIN LATERAL (
        SELECT id, key, state, attempt, worker FROM {schema}.event WHERE key = open.key LIMIT 1 FOR UPDATE SKIP LOCKED
    ) e
), finished AS (
    UPDATE {schema}.event e
    SET state = CASE WHEN given.outcome IN ('done', 'skip') THEN 2 WHEN given.outcome = 'dead' THEN 3
                     WHEN given.outcome = 'unverified' THEN 4 ELSE 0 END,
        isolation = CASE WHEN given.outcome IN ('give_back', 'unverified') THEN e.isolation ELSE 0 END,
        attempt = CASE WHEN given.outcome IN ('keep', 'give_back', 'unverified') THEN greatest(e.attempt - 1, 0) ELSE e.attempt END,
        age_from = CASE WHEN given.outcome = 'keep' THEN given.now + given.delay * interval '1 ms' ELSE e.age_from END,
        due_at = CASE WHEN given.outcome IN ('retry', 'keep') THEN given.now + given.delay * interval '1 ms'
                      WHEN given.outcome = 'give_back' THEN e.age_from
                      ELSE given.now END,
        finished_at = CASE WHEN e.state = 2 THEN e.finished_at
                           WHEN given.outcome IN ('done', 'skip', 'dead') THEN given.now END,
        error = coalesce(given.error, e.error),
        code = CASE WHEN e.state = 2 THEN e.code ELSE given.code END,
        -- Marks what is due since before.
        worker = CASE WHEN given.outcome = 'give_back' THEN '' END
    FROM free
    JOIN given USING (place)
    WHERE e.key = ANY (ARRAY[free.key]) AND e.fence = given.fence AND (e.state = 1 OR e.state = 2 AND given.outcome = 'done')
    RETURNING given.place, e.key, e.id, free.attempt, e.fence, e.claimed_at, given.now, given.outcome, given.failure, given.code,
              given.error, given.pattern, e.source, e.event_type, e.ordering_key, free.worker, e.replayed_by,
              free.state = 1 AND (given.outcome NOT IN ('done', 'skip') OR given.is_recorded) AS is_recorded
), recorded AS (
    INSERT INTO {schema}.attempt (event_id, attempt, fence, started_at, ended_at, outcome, failure, code, error, worker,
                                  replayed_by, day)
    SELECT id, attempt, fence, claimed_at, now, outcome, failure, code, coalesce(error, ''), worker, replayed_by,
           (now AT TIME ZONE 'UTC')::date
    FROM finished
    WHERE is_recorded
), counted AS MATERIALIZED (
    SELECT {schema}.count_error(source, event_type, failure, pattern, count, at, example)
    FROM (SELECT source, coalesce(event_type, '') AS event_type, coalesce(failure, '') AS failure, pattern, count(*),
                 max(now) AS at, max(id) AS example
          FROM finished
          WHERE pattern IS NOT NULL
          GROUP BY 1, 2, 3, 4) p
), released AS MATERIALIZED (
    -- The next event of each key may run. In the order of the keys, so that batches do not deadlock.
    SELECT {schema}.release_order(source, ordering_key)
    FROM (SELECT DISTINCT source, ordering_key FROM finished
          WHERE ordering_key IS NOT NULL AND outcome IN ('done', 'skip', 'dead')
          ORDER BY 1, 2) k
)
SELECT given.place, false AS is_held
FROM finished
-- The row of an event is updated once, however often its finish as done is given.
JOIN given ON given.key = finished.key AND given.fence = finished.fence
WHERE (given.place = finished.place OR given.outcome = 'done' AND finished.outcome = 'done')
  AND (SELECT count(*) FROM counted) >= 0
  AND (SELECT count(*) FROM released) >= 0
UNION ALL
SELECT place, false FROM settled
UNION ALL
SELECT place, true FROM open WHERE NOT EXISTS (SELECT FROM free WHERE free.id = open.id)
