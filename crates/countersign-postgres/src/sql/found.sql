found AS MATERIALIZED (
    SELECT e.id, e.day FROM {schema}.event e
    WHERE {filter}
      AND e.state = ANY($11::int2[])
      AND ($12::text[] IS NULL OR e.error = ANY($12))
)