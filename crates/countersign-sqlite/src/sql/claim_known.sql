SELECT fence, token, mark, until, finished_at
FROM wh_claim
WHERE key = ?1
