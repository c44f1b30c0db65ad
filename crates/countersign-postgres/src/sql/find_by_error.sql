-- $1 to $9 filter, $10 the number before the first, $11 events at most, $12 states, $13 classes of errors. The oldest first.
SELECT e.id
FROM unnest($13::text[]) AS class
CROSS JOIN LATERAL (
    SELECT e.id FROM {schema}.event e
    WHERE e.error IS NOT NULL AND {schema}.error_class(e.error) = class
      AND {filter}
      AND ($10::int8 IS NULL OR e.id > $10)
      AND e.state = ANY($12::int2[])
    ORDER BY e.id
    LIMIT $11
) e
ORDER BY e.id
LIMIT $11
