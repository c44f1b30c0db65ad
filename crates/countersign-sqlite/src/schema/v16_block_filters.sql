-- Filters have the tenants of their events, too, and the earliest and the latest time at which one was stored. The owner makes all of
-- them anew.
DELETE FROM wh_block;
ALTER TABLE wh_block ADD COLUMN oldest INTEGER NOT NULL DEFAULT 0;
ALTER TABLE wh_block ADD COLUMN newest INTEGER NOT NULL DEFAULT 0;
DROP TRIGGER wh_event_renamed;
CREATE TRIGGER wh_event_renamed AFTER UPDATE OF external_id, event_type, tenant ON wh_event
WHEN OLD.external_id IS NOT NEW.external_id OR OLD.event_type IS NOT NEW.event_type OR OLD.tenant IS NOT NEW.tenant BEGIN
  UPDATE wh_block SET bits = NULL WHERE upto = (SELECT min(upto) FROM wh_block WHERE upto >= NEW.id);
END;
