-- owner: grows with each process that owns the file. clock: the latest time that an owner has seen; clock_step: how far the
-- clock of the owner is off it, if that is an alarm, and clock_accepted: the step that an operator has accepted.
INSERT INTO wh_meta(name, value) VALUES('owner', 0), ('clock', 0), ('clock_step', 0), ('clock_accepted', 0);
