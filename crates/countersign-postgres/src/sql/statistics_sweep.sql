-- $1 spans, $2 the age in ms from which their rows are deleted, $3 rows at most of each span and table.
WITH clock AS MATERIALIZED (
    SELECT (date_part('epoch', {schema}.now_()) * 1000)::int8 AS now
), due AS MATERIALIZED (
    SELECT due.span, now - due.age AS before FROM clock, unnest($1::int2[], $2::int8[]) AS due (span, age)
), old_sums AS MATERIALIZED (
    SELECT old.* FROM due, LATERAL (
        SELECT s.span, s.at, s.source FROM {schema}.statistic s
        WHERE s.span = due.span AND s.at < due.before
        ORDER BY s.at
        LIMIT $3
        FOR UPDATE SKIP LOCKED
    ) AS old
), old_uses AS MATERIALIZED (
    SELECT old.* FROM due, LATERAL (
        SELECT k.span, k.at, k.source, k.key FROM {schema}.key_use k
        WHERE k.span = due.span AND k.at < due.before
        ORDER BY k.at
        LIMIT $3
        FOR UPDATE SKIP LOCKED
    ) AS old
), old_breakdowns AS MATERIALIZED (
    SELECT old.* FROM due, LATERAL (
        SELECT b.span, b.at, b.source, b.kind, b.name FROM {schema}.breakdown b
        WHERE b.span = due.span AND b.at < due.before
        ORDER BY b.at
        LIMIT $3
        FOR UPDATE SKIP LOCKED
    ) AS old
), sums AS (
    DELETE FROM {schema}.statistic s USING old_sums old
    WHERE s.span = old.span AND s.at = old.at AND s.source = old.source
    RETURNING s.span
), uses AS (
    DELETE FROM {schema}.key_use k USING old_uses old
    WHERE k.span = old.span AND k.at = old.at AND k.source = old.source AND k.key = old.key
    RETURNING k.span
), breakdowns AS (
    DELETE FROM {schema}.breakdown b USING old_breakdowns old
    WHERE b.span = old.span AND b.at = old.at AND b.source = old.source AND b.kind = old.kind AND b.name = old.name
    RETURNING b.span
)
SELECT coalesce(max(deleted), 0)
FROM (
    SELECT count(*) AS deleted FROM sums GROUP BY span
    UNION ALL
    SELECT count(*) FROM uses GROUP BY span
    UNION ALL
    SELECT count(*) FROM breakdowns GROUP BY span
) AS deleted
