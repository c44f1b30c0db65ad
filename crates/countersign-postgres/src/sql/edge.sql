-- $1 the number behind which the search begins or null, $2 whether it goes to lower numbers, $3 events at most. The number of the last event that
-- the search looks at; null, if it may look at all.
SELECT CASE WHEN $2::bool
           THEN (SELECT w.id FROM {schema}.event w WHERE $1::int8 IS NULL OR w.id < $1 ORDER BY w.id DESC OFFSET $3::int8 - 1 LIMIT 1)
           ELSE (SELECT w.id FROM {schema}.event w WHERE $1 IS NULL OR w.id > $1 ORDER BY w.id OFFSET $3 - 1 LIMIT 1)
       END
