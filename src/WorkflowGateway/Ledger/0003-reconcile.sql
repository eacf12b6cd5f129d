-- What an unconfirmed start is looked for by. scope says in which list its run would stand; those of one scope cannot be told apart from outside.
ALTER TABLE work ADD COLUMN scope {t};
ALTER TABLE work ADD COLUMN target {t};
ALTER TABLE work ADD COLUMN sent_at BIGINT;
-- Starts that are not bound yet. Once they are, they leave it.
CREATE INDEX work_scope ON work(scope) WHERE scope IS NOT NULL AND kind <> 'poll';
-- Nobody reads these like open runs: they are looked for.
UPDATE work SET lane = 9 WHERE kind = 'reconcile';

-- Runs at vendors that bear the mark of a run which is not theirs any more.
CREATE TABLE orphans(
    connection {t} NOT NULL, vendor_run_id {t} NOT NULL, tenant {t} NOT NULL, run_id {b} NOT NULL, found_at BIGINT NOT NULL,
    PRIMARY KEY(connection, vendor_run_id)) {w};
CREATE INDEX orphans_found ON orphans(connection, found_at);
