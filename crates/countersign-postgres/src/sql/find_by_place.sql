-- $1 to $10 filter, $11 the number before the first, $12 events at most, $13 the last number to look at or null, $14 a limit without effect,
-- $15 and $16 whether the index of types and that of tenants are used, $17 states. The oldest first, source by source and state by
-- state, each in the order of its index.
SELECT n.id
FROM (SELECT DISTINCT c.source, c.state
      FROM {schema}.event_counts() c
      WHERE ($2::text IS NULL OR c.source = $2) AND c.state = ANY($17::int2[])) p
CROSS JOIN LATERAL (
    SELECT e.id
    FROM (SELECT * FROM {schema}.event e
          WHERE e.source = p.source AND e.state = p.state
            AND (NOT $15::bool OR hashtext(e.event_type) = hashtext($5))
            AND (NOT $16::bool OR hashtext(e.tenant) = hashtext($3))
            AND ($11::int8 IS NULL OR e.id > $11) AND ($13::int8 IS NULL OR e.id <= $13)
          ORDER BY e.id
          LIMIT $14::int8) e
    WHERE {filter}
    ORDER BY e.id
    LIMIT $12
) n
ORDER BY n.id
LIMIT $12
