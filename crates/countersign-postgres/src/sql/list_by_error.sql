-- $1 to $9 filter, $10 the last number of the page before, $11 events at most, $12 classes of errors.
SELECT {summary}
FROM unnest($12::text[]) AS class
CROSS JOIN LATERAL (
    SELECT * FROM {schema}.event e
    WHERE e.error IS NOT NULL AND {schema}.error_class(e.error) = class
      AND {filter}
      AND ($10::int8 IS NULL OR e.id < $10)
    ORDER BY e.id DESC
    LIMIT $11
) e
ORDER BY e.id DESC
LIMIT $11
