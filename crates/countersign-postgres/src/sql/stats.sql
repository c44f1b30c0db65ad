-- $1 sources, $2 microseconds from which each is searched, or null.
WITH counted AS MATERIALIZED (
    SELECT source,
           coalesce(sum(count) FILTER (WHERE state = 0), 0)::int8 AS ready,
           coalesce(sum(count) FILTER (WHERE state = 1), 0)::int8 AS running,
           coalesce(sum(count) FILTER (WHERE state = 2), 0)::int8 AS done,
           coalesce(sum(count) FILTER (WHERE state = 3), 0)::int8 AS dead,
           coalesce(sum(count) FILTER (WHERE state = 4), 0)::int8 AS unverified
    FROM {schema}.event_counts()
    GROUP BY source
)
SELECT c.source, c.ready, c.running, c.done, c.dead, c.unverified,
       (date_part('epoch', {schema}.now_() - least(due.due_at, back.due_at, held.held_due)) * 1000)::int8
FROM counted c
LEFT JOIN unnest($1::text[], $2::int8[]) AS known(source, lowest) ON known.source = c.source
LEFT JOIN {schema}.due_bounds() AS bound ON bound.source = c.source
LEFT JOIN LATERAL (
    SELECT e.due_at FROM {schema}.event e
    WHERE e.source = c.source AND e.state < 2 AND e.due_at <= {schema}.now_()
      AND e.due_at >= greatest('epoch'::timestamptz + known.lowest * interval '1 microsecond', bound.lowest, '-infinity')
    ORDER BY e.due_at
    LIMIT 1
) due ON c.ready + c.running > 0
LEFT JOIN LATERAL (
    SELECT e.due_at FROM {schema}.event e
    WHERE e.source = c.source AND e.state = 0 AND e.worker IS NOT NULL AND e.due_at <= {schema}.now_()
    ORDER BY e.due_at, e.id + 0
    LIMIT 1
) back ON c.ready > 0
LEFT JOIN LATERAL (
    SELECT e.held_due FROM {schema}.event e
    WHERE e.source = c.source AND e.state = 0 AND e.held_due IS NOT NULL
    ORDER BY e.held_due
    LIMIT 1
) held ON c.ready > 0
ORDER BY c.source COLLATE "C"
