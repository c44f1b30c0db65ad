SELECT day - DATE '1970-01-01', to_char(day, 'YYYYMMDD'), to_char(day, 'YYYY-MM-DD'), to_char(day + 1, 'YYYY-MM-DD')
FROM (SELECT ({schema}.now_() AT TIME ZONE 'UTC')::date + n AS day FROM generate_series(0, $1::int4) n) d
ORDER BY day
