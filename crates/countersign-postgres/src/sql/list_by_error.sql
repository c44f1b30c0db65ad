-- $1 to $9 filter, $10 the last number of the page before, $11 events at most, $12 classes of errors. Class by class, source
-- by source and state by state, each in the order of its index, of which numbers are enough at first.
SELECT {summary}
FROM (SELECT n.id
      FROM (SELECT DISTINCT c.source, c.state
            FROM {schema}.event_counts() c
            WHERE ($2::text IS NULL OR c.source = $2) AND ($4::int2 IS NULL OR c.state = $4)) p
      CROSS JOIN unnest($12::text[]) AS class
      CROSS JOIN LATERAL (
          SELECT e.id FROM {schema}.event e
          WHERE e.error IS NOT NULL AND {schema}.error_class(e.error) = class
            AND hashtext(e.source) = hashtext(p.source) AND e.source = p.source AND e.state = p.state
            AND {filter}
            AND ($10::int8 IS NULL OR e.id < $10)
          ORDER BY e.id DESC
          LIMIT $11
      ) n
      ORDER BY n.id DESC
      LIMIT $11) listed
JOIN {schema}.event e ON e.id = listed.id
ORDER BY e.id DESC
