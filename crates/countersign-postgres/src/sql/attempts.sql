-- $1 id, $2 the number of attempts, the newest first, $3 the largest number of attempts that are counted.
SELECT attempt, fence, (date_part('epoch', started_at) * 1000)::int8, (date_part('epoch', ended_at) * 1000)::int8, outcome,
       failure, code, error, worker, replayed_by,
       (SELECT count(*) FROM (SELECT FROM {schema}.attempt WHERE event_id = $1 LIMIT $3) AS counted)
FROM {schema}.attempt
WHERE event_id = $1
ORDER BY fence DESC
LIMIT $2
