-- $1 the number behind which the search begins or null, $2 whether it goes to lower numbers, $3 events at most, $4 source or null, $5 states or
-- null, $6 type or null, $7 tenant or null. Whether there are more events of the sources, the states, the type and the tenant.
SELECT $3::int8 < (
    SELECT count(*)
    FROM (SELECT
          FROM (SELECT DISTINCT c.source, c.state
                FROM {schema}.event_counts() c
                WHERE ($4::text IS NULL OR c.source = $4) AND ($5::int2[] IS NULL OR c.state = ANY($5))) p
          CROSS JOIN LATERAL (
              SELECT
              FROM {schema}.event e
              WHERE e.source = p.source AND e.state = p.state
                AND ($6::text IS NULL OR hashtext(e.event_type) = hashtext($6))
                AND ($7::text IS NULL OR hashtext(e.tenant) = hashtext($7))
                AND ($1::int8 IS NULL OR CASE WHEN $2::bool THEN e.id < $1 ELSE e.id > $1 END)
              LIMIT least($3, 1000000000) + 1
          ) n
          LIMIT least($3, 1000000000) + 1) candidate
)
