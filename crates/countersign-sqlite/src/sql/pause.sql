INSERT OR REPLACE INTO wh_pause(source, since, until, actor, reason)
VALUES(?1, ?2, ?3, ?4, ?5)
