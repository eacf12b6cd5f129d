-- What is old enough to go. Open runs are in none of these.
CREATE INDEX runs_ended ON runs(final_at) WHERE final_at IS NOT NULL;
CREATE INDEX runs_dry ON runs(id) WHERE dry_run = 1;
CREATE INDEX idempotency_expires ON idempotency(expires_at) WHERE expires_at IS NOT NULL;

-- events: up to this sequence some may be missing, because their runs were purged.
CREATE TABLE watermarks(name {t} NOT NULL PRIMARY KEY, seq BIGINT NOT NULL) {w};
