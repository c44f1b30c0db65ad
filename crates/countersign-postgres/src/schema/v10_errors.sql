-- The kinds of failed attempts: of the same endpoint, type and class, and of the same text without numbers and ids. A type or a
-- class that is not known is empty. Functions change and read it, so that a role that could use the tables before still can.
CREATE TABLE {schema}.error_pattern (
    source text NOT NULL,
    event_type text NOT NULL,
    failure text NOT NULL,
    pattern text NOT NULL,
    count bigint NOT NULL,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    -- An event, which may be forgotten.
    example bigint NOT NULL,
    PRIMARY KEY (source, event_type, failure, pattern)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

CREATE INDEX error_pattern_at ON {schema}.error_pattern (last_at);

CREATE FUNCTION {schema}.count_error(source text, event_type text, failure text, pattern text, count bigint, at timestamptz, example bigint)
    RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
INSERT INTO {schema}.error_pattern AS p (source, event_type, failure, pattern, count, first_at, last_at, example)
VALUES ($1, $2, $3, $4, $5, $6, $6, $7)
ON CONFLICT (source, event_type, failure, pattern) DO UPDATE
SET count = p.count + EXCLUDED.count, last_at = greatest(p.last_at, EXCLUDED.last_at), example = EXCLUDED.example
$$;

CREATE FUNCTION {schema}.error_patterns(wanted text, most bigint) RETURNS SETOF {schema}.error_pattern
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
SELECT * FROM {schema}.error_pattern WHERE $1 IS NULL OR source = $1 ORDER BY last_at DESC LIMIT $2
$$;

CREATE FUNCTION {schema}.forget_errors(before timestamptz, most bigint) RETURNS bigint
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
WITH old AS MATERIALIZED (
    SELECT source, event_type, failure, pattern FROM {schema}.error_pattern
    WHERE last_at < $1
    ORDER BY last_at
    LIMIT $2
    FOR UPDATE SKIP LOCKED
), forgotten AS (
    DELETE FROM {schema}.error_pattern p USING old
    WHERE p.source = old.source AND p.event_type = old.event_type AND p.failure = old.failure AND p.pattern = old.pattern
    RETURNING p.source
)
SELECT count(*) FROM forgotten
$$;
