-- $1 to $4 sources, providers and kinds, each combination once and in the same order for all processes, and their numbers; $5 to $8
-- sources, kinds, causes and heads of samples, the oldest first; $9 samples kept per source.
WITH clock AS MATERIALIZED (
    SELECT (date_part('epoch', {schema}.now_()) * 1000)::int8 AS now
), counted AS (
    INSERT INTO {schema}.rejection AS r (at, source, provider, kind, number, last_at)
    SELECT now / 3600000 * 3600000, source, provider, kind, number, now
    FROM clock, unnest($1::text[], $2::text[], $3::text[], $4::int8[]) WITH ORDINALITY AS given (source, provider, kind, number, nth)
    ORDER BY nth
    ON CONFLICT (at, source, provider, kind) DO UPDATE
    SET number = r.number + EXCLUDED.number, last_at = greatest(r.last_at, EXCLUDED.last_at)
), surplus AS (
    -- Of those that are there before this statement.
    DELETE FROM {schema}.rejection_sample AS old
    WHERE old.source = ANY ($5::text[])
      AND old.id <= (
        SELECT s.id FROM {schema}.rejection_sample s WHERE s.source = old.source ORDER BY s.id DESC LIMIT 1 OFFSET $9
      )
)
INSERT INTO {schema}.rejection_sample (source, at, kind, cause, head)
SELECT source, now, kind, cause, head
FROM clock, unnest($5::text[], $6::text[], $7::text[], $8::text[]) WITH ORDINALITY AS given (source, kind, cause, head, nth)
ORDER BY nth
