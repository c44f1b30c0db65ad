-- The objects that belong to another role than the events do. Sequences of columns belong to the owner of their table.
WITH wanted AS (SELECT relowner AS owner FROM pg_class WHERE oid = '{schema}.event'::regclass),
made AS (
    SELECT CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind, c.oid::regclass::text AS name, relowner AS owner
    FROM pg_class c
    WHERE relnamespace = '{schema}'::regnamespace AND relname = ANY($1) AND relkind IN ('r', 'p', 'S')
      AND (relkind <> 'S'
           OR NOT EXISTS (SELECT FROM pg_depend d
                          WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')))
    UNION ALL
    SELECT 'FUNCTION', oid::regprocedure::text, proowner
    FROM pg_proc
    WHERE pronamespace = '{schema}'::regnamespace AND proname = ANY($1)
)
SELECT made.kind, made.name, wanted.owner::regrole::text
FROM made, wanted
WHERE made.owner <> wanted.owner AND pg_has_role(made.owner, 'USAGE')
ORDER BY made.kind, made.name
