-- The counts of processes, by endpoint and span of time: a minute, an hour, a day. The span is its length in minutes, and `at`
-- its start in milliseconds. The times from acceptance to done are numbers of a bucket, in the upper 16 bits, and a count.
CREATE TABLE {schema}.statistic (
    span smallint NOT NULL,
    at bigint NOT NULL,
    source text NOT NULL,
    accepted bigint NOT NULL,
    duplicates bigint NOT NULL,
    attempts bigint NOT NULL,
    done bigint NOT NULL,
    retries bigint NOT NULL,
    dead bigint NOT NULL,
    time_to_done bigint[] NOT NULL,
    PRIMARY KEY (span, at, source)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE {schema}.key_use (
    span smallint NOT NULL,
    at bigint NOT NULL,
    source text NOT NULL,
    key text NOT NULL,
    number bigint NOT NULL,
    last_at bigint NOT NULL,
    PRIMARY KEY (span, at, source, key)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_cost_delay = 0);

-- Of each endpoint, however long ago.
CREATE TABLE {schema}.activity (
    source text PRIMARY KEY,
    delivered_at bigint,
    done_at bigint
) WITH (fillfactor = 50);

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
        EXECUTE format('GRANT %s ON {schema}.statistic, {schema}.key_use, {schema}.activity TO %s',
            entry.privilege_type, entry.grantee);
    END LOOP;
END
$$;
