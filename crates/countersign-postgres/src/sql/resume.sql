-- $1 ids.
WITH resumed AS (
    UPDATE {schema}.event SET state = 0, due_at = age_from, worker = '' WHERE id = ANY($1) AND state = 4 RETURNING source
)
SELECT source, count(*) FROM resumed GROUP BY source
