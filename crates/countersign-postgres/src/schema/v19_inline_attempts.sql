-- Attempts in inline mode, which have no event. `took` is in milliseconds.
CREATE TABLE {schema}.inline_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source text NOT NULL,
    provider text NOT NULL,
    tenant text,
    external_id text,
    event_type text,
    fence bigint,
    ended_at timestamptz NOT NULL,
    took bigint NOT NULL,
    outcome text NOT NULL,
    failure text,
    code integer,
    error text,
    worker text NOT NULL
);

CREATE INDEX inline_attempt_source ON {schema}.inline_attempt (source, id);
CREATE INDEX inline_attempt_failed ON {schema}.inline_attempt (id) WHERE outcome IN ('retry', 'dead');
CREATE INDEX inline_attempt_ended_at ON {schema}.inline_attempt (ended_at);

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
        EXECUTE format('GRANT %s ON {schema}.inline_attempt TO %s', entry.privilege_type, entry.grantee);
    END LOOP;
END
$$;
