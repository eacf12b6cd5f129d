CREATE FUNCTION audit_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what is audited never changes and stays for 30 days at least';
END $$;
CREATE TRIGGER audit_kept BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_kept();
-- Retention takes away what is old; nobody takes away what is not.
CREATE TRIGGER audit_stays BEFORE DELETE ON audit FOR EACH ROW WHEN (OLD.at > EXTRACT(EPOCH FROM clock_timestamp()) * 1000 - 2592000000) EXECUTE FUNCTION audit_kept();
