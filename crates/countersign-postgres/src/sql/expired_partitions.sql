SELECT name, to_char(day, 'YYYY-MM-DD')
FROM (SELECT c.relname::text AS name, to_date(right(c.relname, 8), 'YYYYMMDD') AS day
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
      WHERE i.inhparent = ('{schema}.' || $1::text)::regclass AND c.relname ~ '_[0-9]{8}$') p
WHERE (day + 1) AT TIME ZONE 'UTC' < {schema}.now_() - $2::int8 * interval '1 ms'
ORDER BY day
