-- Since when a replica's configuration file is refused while an earlier one serves.
ALTER TABLE replicas ADD COLUMN degraded_since BIGINT;

-- How long runs took that a vendor carried out, the newest first.
CREATE INDEX runs_finished ON runs(workflow, connection, final_at, id) WHERE final = 1 AND vendor_run_id IS NOT NULL AND status <> 'abandoned';
-- How many runs are open of a workflow, where and by which route: a dry run is never followed.
CREATE INDEX runs_open ON runs(workflow, connection, route, tenant) WHERE final = 0 AND dry_run = 0;
-- What is to be read again once its connection is as it was.
CREATE INDEX work_changed ON work(connection) WHERE sync_error = 'connection-changed';
