-- $1 ids. Without + 0, the index of unverified events would be read completely, if the statistics are from a time when there were few.
WITH resumed AS (
    UPDATE {schema}.event SET state = 0, due_at = age_from, worker = '' WHERE id = ANY($1) AND state + 0 = 4 RETURNING source
)
SELECT source, count(*) FROM resumed GROUP BY source
