-- Every attempt leaves a row: the successful ones, too. Rows of earlier versions have nothing in these columns. An error is
-- empty where the outcome has none.
ALTER TABLE wh_attempt ADD COLUMN started_at INTEGER;
ALTER TABLE wh_attempt ADD COLUMN worker TEXT;
ALTER TABLE wh_attempt ADD COLUMN failure TEXT;
ALTER TABLE wh_attempt ADD COLUMN code INTEGER;
ALTER TABLE wh_attempt ADD COLUMN replayed_by TEXT;
-- Of the latest lease, of the latest replay, and of the latest attempt.
ALTER TABLE wh_event ADD COLUMN claimed_at INTEGER;
ALTER TABLE wh_event ADD COLUMN replayed_by TEXT;
ALTER TABLE wh_event ADD COLUMN code INTEGER;
-- Attempts of events that were done before this time are deleted already.
INSERT INTO wh_meta(name, value) VALUES('attempts', 0);
