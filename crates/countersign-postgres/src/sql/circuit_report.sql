-- $1 worker, $2 sources, $3 times in ms until the trial, $4 whether they are half open, $5 patterns, $6 the age in ms from which reports
-- of other workers are deleted.
WITH forgotten AS (
    DELETE FROM {schema}.circuit
    WHERE worker = $1 AND source <> ALL ($2::text[])
       OR worker <> $1 AND seen_at < {schema}.now_() - $6::int8 * interval '1 ms'
)
INSERT INTO {schema}.circuit (source, worker, until, is_half_open, pattern, seen_at)
SELECT source, $1, {schema}.now_() + wait * interval '1 ms', is_half_open, pattern, {schema}.now_()
FROM unnest($2::text[], $3::int8[], $4::bool[], $5::text[]) AS of (source, wait, is_half_open, pattern)
ON CONFLICT (source, worker) DO UPDATE
SET until = excluded.until, is_half_open = excluded.is_half_open, pattern = excluded.pattern, seen_at = excluded.seen_at
