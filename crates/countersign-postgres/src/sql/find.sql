-- $1 to $10 filter, $11 the number before the first, $12 events at most, $13 states, $14 classes of errors or null. The oldest
-- first.
SELECT e.id
FROM {schema}.event e
WHERE {filter}
      AND ($11::int8 IS NULL OR e.id > $11)
      AND e.state = ANY($13::int2[])
      AND ($14::text[] IS NULL OR e.error IS NOT NULL AND {schema}.error_class(e.error) = ANY($14))
ORDER BY e.id
LIMIT $12
