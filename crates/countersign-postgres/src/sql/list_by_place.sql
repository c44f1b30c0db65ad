-- $1 to $9 filter, $10 the last number of the page before, $11 events at most. Source by source and state by state, each in
-- the order of its index.
SELECT {summary}
FROM (SELECT DISTINCT c.source, c.state
      FROM {schema}.event_counts() c
      WHERE ($2::text IS NULL OR c.source = $2) AND ($4::int2 IS NULL OR c.state = $4)) p
CROSS JOIN LATERAL (
    SELECT * FROM {schema}.event e
    WHERE e.source = p.source AND e.state = p.state
      AND {filter}
      AND ($10::int8 IS NULL OR e.id < $10)
    ORDER BY e.id DESC
    LIMIT $11
) e
ORDER BY e.id DESC
LIMIT $11
