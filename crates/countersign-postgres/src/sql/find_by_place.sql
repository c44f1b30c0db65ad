-- $1 to $10 filter, $11 the number before the first, $12 events at most, $13 states. The oldest first, source by source and
-- state by state, each in the order of its index.
SELECT n.id
FROM (SELECT DISTINCT c.source, c.state
      FROM {schema}.event_counts() c
      WHERE ($2::text IS NULL OR c.source = $2) AND c.state = ANY($13::int2[])) p
CROSS JOIN LATERAL (
    SELECT e.id FROM {schema}.event e
    WHERE e.source = p.source AND e.state = p.state
      AND {filter}
      AND ($11::int8 IS NULL OR e.id > $11)
    ORDER BY e.id
    LIMIT $12
) n
ORDER BY n.id
LIMIT $12
