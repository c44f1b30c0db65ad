-- $1 events. Those of them whose request is still kept.
SELECT e.id
FROM {schema}.event e
WHERE e.id = ANY($1::int8[])
  AND EXISTS (SELECT FROM {schema}.body b WHERE b.event_id = e.id AND b.day = e.day)
