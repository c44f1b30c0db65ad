INSERT OR REPLACE INTO wh_claim(key, fence, token, mark, state, until, guard)
VALUES(?1, ?2, ?3, ?4, 1, ?5, ?6)
