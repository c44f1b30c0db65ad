-- $1 to $10 filter, $11 the number before the first, $12 events at most, $13 the last number to look at or null, $14 a limit without effect,
-- $15 classes of errors or null, $16 states. The oldest first.
SELECT e.id
FROM (SELECT * FROM {schema}.event e
      WHERE ($11::int8 IS NULL OR e.id > $11) AND ($13::int8 IS NULL OR e.id <= $13)
      ORDER BY e.id
      LIMIT $14::int8) e
WHERE {filter}
      AND e.state = ANY($16::int2[])
      AND ($15::text[] IS NULL OR e.error IS NOT NULL AND {schema}.error_class(e.error) = ANY($15))
ORDER BY e.id
LIMIT $12
