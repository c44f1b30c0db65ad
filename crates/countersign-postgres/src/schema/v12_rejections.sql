-- Rejected requests, by hour, endpoint, provider and kind. `at` is the start of the hour in milliseconds.
CREATE TABLE {schema}.rejection (
    at bigint NOT NULL,
    source text NOT NULL,
    provider text NOT NULL,
    kind text NOT NULL,
    number bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (at, source, provider, kind)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- The latest rejected requests of each endpoint, without bodies and credentials.
CREATE TABLE {schema}.rejection_sample (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    at bigint NOT NULL,
    kind text NOT NULL,
    cause text NOT NULL,
    head text NOT NULL
);

CREATE INDEX rejection_sample_source ON {schema}.rejection_sample (source, id);
CREATE INDEX rejection_sample_at ON {schema}.rejection_sample (at);

-- Roles that could use the tables before can use these as well.
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
        EXECUTE format('GRANT %s ON {schema}.rejection, {schema}.rejection_sample TO %s',
            entry.privilege_type, entry.grantee);
    END LOOP;
END
$$;
