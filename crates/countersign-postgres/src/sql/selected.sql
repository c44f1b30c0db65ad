selected AS MATERIALIZED (
    SELECT e.id, e.day
    FROM found
    JOIN {schema}.event e ON e.id = found.id
    WHERE {filter}
      AND e.state = ANY($11::int2[])
      AND ($12::text[] IS NULL OR e.error = ANY($12))
    FOR UPDATE OF e SKIP LOCKED
)