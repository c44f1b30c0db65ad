-- $1 sources, $2 microseconds from which each is searched, or null, $3 horizon in ms. Those of them from which a claim would take something, and
-- those that have due events which no claim would take now: they are paused, or the events wait for earlier ones with their keys.
WITH paused AS MATERIALIZED (
    SELECT source FROM {schema}.pause WHERE until IS NULL OR until > {schema}.now_()
), given AS MATERIALIZED (
    SELECT g.source, g.lowest,
           EXISTS (SELECT FROM paused
                   WHERE paused.source = g.source OR starts_with(g.source, paused.source || '/')) AS is_paused
    FROM unnest($1::text[], $2::int8[]) AS g(source, lowest)
)
SELECT source, true AS is_waiting
FROM given
WHERE is_paused
   OR EXISTS (SELECT FROM {schema}.event e
              WHERE e.source = given.source AND e.ordering_key IS NOT NULL AND e.state = 0 AND e.isolation = 0
                AND e.due_at BETWEEN coalesce('epoch'::timestamptz + given.lowest * interval '1 microsecond', '-infinity')
                                 AND {schema}.now_())
UNION ALL
SELECT given.source, false
FROM given
CROSS JOIN LATERAL (
    (SELECT FROM {schema}.event e
    WHERE e.source = given.source AND e.state < 2 AND e.due_at <= {schema}.now_()
      AND e.due_at >= coalesce('epoch'::timestamptz + given.lowest * interval '1 microsecond', '-infinity')
      AND (e.state = 1 OR {next})
    LIMIT 1)
    UNION ALL
    (SELECT FROM {schema}.event e
    WHERE e.source = given.source AND e.state = 0 AND e.worker IS NOT NULL AND e.due_at <= {schema}.now_()
      AND {next}
    LIMIT 1)
    UNION ALL
    -- Scheduled by a wrong clock.
    (SELECT FROM {schema}.event e
    WHERE e.source = given.source AND e.state = 0 AND e.isolation = 0
      AND e.due_at > {schema}.now_() + $3::int8 * interval '1 ms'
      AND {next}
    LIMIT 1)
    LIMIT 1
) due
WHERE NOT given.is_paused
