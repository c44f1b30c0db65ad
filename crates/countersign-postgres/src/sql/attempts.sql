-- $1 id.
SELECT attempt, fence, (date_part('epoch', started_at) * 1000)::int8, (date_part('epoch', ended_at) * 1000)::int8, outcome,
       failure, code, error, worker, replayed_by
FROM {schema}.attempt
WHERE event_id = $1
ORDER BY fence
