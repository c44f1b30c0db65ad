-- Dead letters and unverified events of an endpoint and a type, in the order of their ids: replays and discards of them read no others.
DROP INDEX wh_event_dead_type;
CREATE INDEX wh_event_dead_type ON wh_event(source, event_type) WHERE state = 3;
CREATE INDEX wh_event_unverified_type ON wh_event(source, event_type) WHERE state = 4;
