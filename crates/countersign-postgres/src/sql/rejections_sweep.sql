-- $1 retention in ms, $2 rows at most of each table.
WITH due AS MATERIALIZED (
    SELECT (date_part('epoch', {schema}.now_()) * 1000)::int8 - $1::int8 AS before
), old_counts AS MATERIALIZED (
    SELECT r.at, r.source, r.provider, r.kind FROM {schema}.rejection r, due
    WHERE r.at < before
    ORDER BY r.at
    LIMIT $2
    FOR UPDATE OF r SKIP LOCKED
), old_samples AS MATERIALIZED (
    SELECT s.id FROM {schema}.rejection_sample s, due
    WHERE s.at < before
    ORDER BY s.at
    LIMIT $2
    FOR UPDATE OF s SKIP LOCKED
), counts AS (
    DELETE FROM {schema}.rejection r USING old_counts old
    WHERE r.at = old.at AND r.source = old.source AND r.provider = old.provider AND r.kind = old.kind
    RETURNING r.at
), samples AS (
    DELETE FROM {schema}.rejection_sample s USING old_samples old WHERE s.id = old.id RETURNING s.id
)
SELECT greatest((SELECT count(*) FROM counts), (SELECT count(*) FROM samples))
