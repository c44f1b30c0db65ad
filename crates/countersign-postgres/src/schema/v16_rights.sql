-- Takes purged attempts off the count of their kind, and forgets a kind that has none.
CREATE OR REPLACE FUNCTION {schema}.uncount_error(source text, event_type text, failure text, pattern text, count bigint)
    RETURNS void
    LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
UPDATE {schema}.error_pattern p SET count = p.count - $5
WHERE p.source = $1 AND p.event_type = $2 AND p.failure = $3 AND p.pattern = $4;
DELETE FROM {schema}.error_pattern p
WHERE p.source = $1 AND p.event_type = $2 AND p.failure = $3 AND p.pattern = $4 AND p.count <= 0
$$;

-- Functions with the rights of their owner are for roles that may use the tables: those that read for roles that may read,
-- others for roles that may write.
DO $$
DECLARE
    function record;
    entry record;
BEGIN
    FOR function IN
        SELECT oid::regprocedure::text AS name, provolatile = 's' AS reads, prorettype = 'trigger'::regtype AS is_trigger
        FROM pg_proc
        WHERE pronamespace = '{schema}'::regnamespace AND prosecdef
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', function.name);
        FOR entry IN
            SELECT DISTINCT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END AS grantee
            FROM pg_class AS class, aclexplode(class.relacl) AS acl
            WHERE class.oid = '{schema}.event'::regclass AND NOT function.is_trigger
              AND acl.privilege_type = ANY (CASE WHEN function.reads THEN ARRAY['SELECT'] ELSE ARRAY['INSERT', 'UPDATE'] END)
        LOOP
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO %s', function.name, entry.grantee);
        END LOOP;
    END LOOP;
END
$$;
