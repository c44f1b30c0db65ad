entered AS (
    INSERT INTO {schema}.audit (at, actor, action, events, detail)
    SELECT {schema}.now_(), $14, $15, array_agg(id ORDER BY id), $16
    FROM selected
    WHERE $13::int8 IS NULL
    HAVING count(*) > 0
    RETURNING id, at
), extended AS (
    UPDATE {schema}.audit a
    SET more = a.more + m.count
    FROM (SELECT count(*) FROM selected) m
    WHERE a.id = $13 AND m.count > 0
    RETURNING a.id
)
SELECT id, false AS is_held, (SELECT id FROM entered UNION ALL SELECT id FROM extended) AS entry,
       (SELECT (date_part('epoch', at) * 1000)::int8 FROM entered) AS entered_at
FROM selected
UNION ALL
SELECT id, true, NULL::int8, NULL::int8
FROM found
WHERE NOT EXISTS (SELECT FROM selected WHERE selected.id = found.id)