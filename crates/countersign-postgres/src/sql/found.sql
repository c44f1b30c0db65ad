found AS MATERIALIZED (
    SELECT e.id, e.day FROM {schema}.event e
    WHERE {filter}
      AND e.state = ANY($11::int2[])
)