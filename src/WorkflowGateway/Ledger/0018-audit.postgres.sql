-- What goes row by row is guarded since 0015; TRUNCATE asks no row.
CREATE TRIGGER audit_whole BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_kept();
