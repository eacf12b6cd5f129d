-- What a start asked for beside what its run shows (JSON of StartAsked), so that a plan can make it again. NULL: a run from before, of which nobody knows.
ALTER TABLE runs ADD COLUMN asked {t};
