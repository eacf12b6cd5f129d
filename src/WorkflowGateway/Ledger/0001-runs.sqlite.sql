CREATE TRIGGER runs_final BEFORE UPDATE ON runs WHEN OLD.final = 1
BEGIN SELECT RAISE(ABORT, 'a final run never changes'); END;
