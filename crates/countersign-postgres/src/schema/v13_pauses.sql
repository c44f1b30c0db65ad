-- The endpoints whose events are not claimed, until a time or until they are resumed.
CREATE TABLE {schema}.pause (
    source text PRIMARY KEY,
    since timestamptz NOT NULL,
    until timestamptz,
    actor text NOT NULL,
    reason text
);

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
        EXECUTE format('GRANT %s ON {schema}.pause TO %s', entry.privilege_type, entry.grantee);
    END LOOP;
END
$$;
