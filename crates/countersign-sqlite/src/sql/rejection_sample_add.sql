INSERT INTO wh_rejection_sample(source, at, kind, cause, head)
VALUES(?1, ?2, ?3, ?4, ?5)
