-- Deliveries that were left out, by the rule (kind 1), and ended attempts, by the response code (kind 2), of each endpoint and span
-- of time.
CREATE TABLE {schema}.breakdown (
    span smallint NOT NULL,
    at bigint NOT NULL,
    source text NOT NULL,
    kind smallint NOT NULL,
    name text NOT NULL,
    number bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (span, at, source, kind, name)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- Roles that could use the tables before can use this one as well.
DO $$
DECLARE
    entry record;
BEGIN
    FOR entry IN
        SELECT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE acl.grantee::regrole::text END AS grantee, acl.privilege_type
        FROM pg_class AS class, aclexplode(class.relacl) AS acl
        WHERE class.oid = '{schema}.event'::regclass
          AND acl.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
    LOOP
        EXECUTE format('GRANT %s ON {schema}.breakdown TO %s', entry.privilege_type, entry.grantee);
    END LOOP;
END
$$;
