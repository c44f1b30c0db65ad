-- What finishes and purges add to the numbers of error_pattern, a negative one for purged attempts, which has no time and no event. Each
-- transaction adds rows of its own, so that failing attempts of one endpoint do not wait for each other. From time to time, they are
-- added to error_pattern, which nothing else changes but the removal of kinds that are old.
CREATE TABLE {schema}.error_delta (
    source text NOT NULL,
    event_type text NOT NULL,
    failure text NOT NULL,
    pattern text NOT NULL,
    count bigint NOT NULL,
    at timestamptz,
    example bigint
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

CREATE OR REPLACE FUNCTION {schema}.count_error(source text, event_type text, failure text, pattern text, count bigint, at timestamptz, example bigint)
    RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
INSERT INTO {schema}.error_delta (source, event_type, failure, pattern, count, at, example) VALUES ($1, $2, $3, $4, $5, $6, $7)
$$;

CREATE OR REPLACE FUNCTION {schema}.uncount_error(source text, event_type text, failure text, pattern text, count bigint)
    RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
INSERT INTO {schema}.error_delta (source, event_type, failure, pattern, count) VALUES ($1, $2, $3, $4, -$5)
$$;

-- A kind of which all attempts were purged is not read, and begins anew with the next one.
CREATE OR REPLACE FUNCTION {schema}.error_patterns(wanted text, most bigint) RETURNS SETOF {schema}.error_pattern
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
WITH added AS MATERIALIZED (
    SELECT source, event_type, failure, pattern, sum(count)::bigint AS count, min(at) AS first_at, max(at) AS last_at,
           (array_agg(example ORDER BY at DESC, example DESC) FILTER (WHERE at IS NOT NULL))[1] AS example
    FROM {schema}.error_delta
    WHERE $1 IS NULL OR source = $1
    GROUP BY source, event_type, failure, pattern
), known AS (
    SELECT p.* FROM {schema}.error_pattern p JOIN added USING (source, event_type, failure, pattern)
    UNION ALL
    (SELECT p.* FROM {schema}.error_pattern p
     WHERE ($1 IS NULL OR p.source = $1) AND p.count > 0
       AND NOT EXISTS (SELECT FROM added a
                       WHERE a.source = p.source AND a.event_type = p.event_type AND a.failure = p.failure AND a.pattern = p.pattern)
     ORDER BY p.last_at DESC
     LIMIT $2)
)
SELECT source, event_type, failure, pattern, greatest(k.count, 0) + coalesce(a.count, 0),
       CASE WHEN k.count > 0 THEN least(k.first_at, a.first_at) ELSE a.first_at END, greatest(k.last_at, a.last_at),
       coalesce(a.example, k.example)
FROM known k
FULL JOIN added a USING (source, event_type, failure, pattern)
WHERE greatest(k.count, 0) + coalesce(a.count, 0) > 0
ORDER BY greatest(k.last_at, a.last_at) DESC
LIMIT $2
$$;

-- One process at a time does it. It reads error_delta completely, with the rows that an old snapshot keeps. The number of a kind is exact
-- unless attempts are purged after their kind was forgotten: they are then taken off failures of that kind that are new, of those in the
-- same fold and of those that were added before, and never below 0 for those that are added later.
CREATE FUNCTION {schema}.fold_errors() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtext('countersign-postgres errors'), hashtext('{schema}')) THEN
        RETURN;
    END IF;
    WITH added AS (
        DELETE FROM {schema}.error_delta RETURNING *
    )
    INSERT INTO {schema}.error_pattern AS p (source, event_type, failure, pattern, count, first_at, last_at, example)
    SELECT source, event_type, failure, pattern, sum(count), coalesce(min(at), 'infinity'), coalesce(max(at), '-infinity'),
           coalesce((array_agg(example ORDER BY at DESC, example DESC) FILTER (WHERE at IS NOT NULL))[1], 0)
    FROM added
    GROUP BY source, event_type, failure, pattern
    ON CONFLICT (source, event_type, failure, pattern) DO UPDATE
    SET count = greatest(p.count, 0) + EXCLUDED.count,
        first_at = CASE WHEN p.count > 0 THEN least(p.first_at, EXCLUDED.first_at) ELSE EXCLUDED.first_at END,
        last_at = greatest(p.last_at, EXCLUDED.last_at),
        example = CASE WHEN EXCLUDED.last_at = '-infinity' THEN p.example ELSE EXCLUDED.example END;
END
$$;

-- Folds first: deltas may hold a later time of a kind.
CREATE OR REPLACE FUNCTION {schema}.forget_errors(before timestamptz, most bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    forgotten bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('countersign-postgres errors'), hashtext('{schema}'));
    PERFORM {schema}.fold_errors();
    WITH old AS MATERIALIZED (
        SELECT source, event_type, failure, pattern FROM {schema}.error_pattern
        WHERE last_at < $1
        ORDER BY last_at
        LIMIT $2
    )
    DELETE FROM {schema}.error_pattern p USING old
    WHERE p.source = old.source AND p.event_type = old.event_type AND p.failure = old.failure AND p.pattern = old.pattern;
    GET DIAGNOSTICS forgotten = ROW_COUNT;
    RETURN forgotten;
END
$$;

-- As the other functions with the rights of their owner: for roles that may write.
DO $$
DECLARE
    entry record;
BEGIN
    REVOKE ALL ON FUNCTION {schema}.fold_errors() FROM PUBLIC;
    FOR entry IN
        SELECT DISTINCT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END AS grantee
        FROM pg_class AS class, aclexplode(class.relacl) AS acl
        WHERE class.oid = '{schema}.event'::regclass AND acl.privilege_type IN ('INSERT', 'UPDATE')
    LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION {schema}.fold_errors() TO %s', entry.grantee);
    END LOOP;
END
$$;
