-- $1 the number behind which the search begins or null, $2 whether it goes to lower numbers, $3 events at most. The number of the last event that
-- the search looks at; null, if it may look at all.
SELECT {edge}
