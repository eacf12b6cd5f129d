CREATE FUNCTION runs_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a final run never changes';
END $$;
CREATE TRIGGER runs_final BEFORE UPDATE ON runs FOR EACH ROW WHEN (OLD.final = 1) EXECUTE FUNCTION runs_final();
-- A poll that changes nothing rewrites a work row in place where its page has room.
ALTER TABLE work SET (fillfactor = 70);
