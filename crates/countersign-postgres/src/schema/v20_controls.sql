-- Settings of operators: the rate limit of an endpoint (kind 'limit', with attempts per milliseconds), and the latest operation on its
-- circuits (kind 'circuit'): open until a time, or closed. The id of the latter grows with each operation.
CREATE TABLE {schema}.control (
    source text NOT NULL,
    kind text NOT NULL,
    id bigint NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz,
    attempts integer,
    per bigint,
    actor text NOT NULL,
    reason text,
    PRIMARY KEY (source, kind)
);

-- The circuits that workers report: those that are not closed.
CREATE TABLE {schema}.circuit (
    source text NOT NULL,
    worker text NOT NULL,
    until timestamptz NOT NULL,
    is_half_open boolean NOT NULL,
    pattern text,
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (source, worker)
);

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
        EXECUTE format('GRANT %s ON {schema}.control, {schema}.circuit TO %s', entry.privilege_type, entry.grantee);
    END LOOP;
END
$$;
