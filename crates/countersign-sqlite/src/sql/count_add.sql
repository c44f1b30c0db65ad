INSERT INTO wh_count(source, state, number)
VALUES(?1, 0, ?2)
ON CONFLICT DO UPDATE SET number = number + excluded.number
