CREATE TRIGGER audit_kept BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'what is audited never changes'); END;
-- Retention takes away what is old; nobody takes away what is not.
CREATE TRIGGER audit_stays BEFORE DELETE ON audit WHEN OLD.at > (julianday('now') - 2440587.5) * 86400000 - 2592000000
BEGIN SELECT RAISE(ABORT, 'what is audited stays for 30 days at least'); END;
