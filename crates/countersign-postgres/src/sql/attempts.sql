-- $1 id.
SELECT attempt, fence, (date_part('epoch', ended_at) * 1000)::int8, outcome, error
FROM {schema}.attempt
WHERE event_id = $1
ORDER BY fence
