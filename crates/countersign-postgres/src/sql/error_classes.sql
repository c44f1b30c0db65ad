-- $1 parts of an error, $2 classes at most. The classes of errors that may have all of the parts; and null, if there are more
-- classes than that. A class of 600 characters may go on.
WITH RECURSIVE part (name) AS MATERIALIZED (
    SELECT DISTINCT regexp_replace(lower(p COLLATE "C"), '[0-9a-f]+', '#', 'g') FROM unnest($1::text[]) p
), class (name, place) AS (
    (SELECT {schema}.error_class(error), 1 FROM {schema}.event
     WHERE error IS NOT NULL
     ORDER BY {schema}.error_class(error)
     LIMIT 1)
    UNION ALL
    SELECT next.name, class.place + 1
    FROM class
    CROSS JOIN LATERAL (
        SELECT {schema}.error_class(e.error) AS name FROM {schema}.event e
        WHERE e.error IS NOT NULL AND {schema}.error_class(e.error) > class.name
        ORDER BY {schema}.error_class(e.error)
        LIMIT 1
    ) next
    WHERE class.place <= $2
)
SELECT CASE WHEN place <= $2 THEN name END
FROM class
WHERE place > $2 OR length(name) = 600
   OR NOT EXISTS (SELECT FROM part WHERE position(part.name IN class.name) = 0)
