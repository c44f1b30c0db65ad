-- $1 to $10 filter, $11 the last number of the page before, $12 events at most, $13 classes of errors or null.
SELECT {summary}
FROM {schema}.event e
WHERE {filter}
      AND ($11::int8 IS NULL OR e.id < $11)
      AND ($13::text[] IS NULL OR e.error IS NOT NULL AND {schema}.error_class(e.error) = ANY($13))
ORDER BY e.id DESC
LIMIT $12
