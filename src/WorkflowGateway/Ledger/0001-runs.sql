-- {t} text, {b} bytes, {w} clustered by key, {seq} the event sequence: see the dialects. Times are milliseconds since 1970, flags 0 or 1.
CREATE TABLE runs(
    tenant {t} NOT NULL, id {b} NOT NULL, workflow {t} NOT NULL, status {t} NOT NULL, final BIGINT NOT NULL DEFAULT 0, reason {t},
    native_status {t}, last_known_status {t}, vendor {t} NOT NULL, connection {t} NOT NULL, connection_identity {t} NOT NULL,
    vendor_run_id {t}, vendor_version {t}, subject {t}, attempt {b} NOT NULL, attempts BIGINT NOT NULL, version BIGINT NOT NULL,
    route {t} NOT NULL, revision {t} NOT NULL, labels {t}, correlation_id {t}, parent_id {b}, dry_run BIGINT NOT NULL DEFAULT 0,
    stop_requested BIGINT NOT NULL DEFAULT 0, key_hash {b}, detail {t} NOT NULL, deadline BIGINT, updated_at BIGINT NOT NULL,
    final_at BIGINT, observed_at BIGINT, observed_by {t},
    PRIMARY KEY(tenant, id)) {w};
CREATE UNIQUE INDEX runs_vendor ON runs(connection, vendor_run_id) WHERE vendor_run_id IS NOT NULL;
CREATE INDEX runs_id ON runs(id);
CREATE INDEX runs_status ON runs(tenant, status, id);
CREATE INDEX runs_workflow ON runs(tenant, workflow, id);
CREATE INDEX runs_connection ON runs(tenant, connection, id);
CREATE INDEX runs_correlation ON runs(tenant, correlation_id, id) WHERE correlation_id IS NOT NULL;
-- Waiting runs, nearest deadline first; those without one come last.
CREATE INDEX runs_deadline ON runs(deadline, id) WHERE deadline IS NOT NULL;
CREATE INDEX runs_tenant_deadline ON runs(tenant, deadline, id) WHERE deadline IS NOT NULL;

CREATE TABLE run_labels(tenant {t} NOT NULL, key {t} NOT NULL, value {t} NOT NULL, run_id {b} NOT NULL, PRIMARY KEY(tenant, key, value, run_id)) {w};
CREATE TABLE run_bodies(tenant {t} NOT NULL, run_id {b} NOT NULL, kind {t} NOT NULL, body {b} NOT NULL, PRIMARY KEY(tenant, run_id, kind)) {w};
CREATE TABLE run_counts(
    tenant {t} NOT NULL, workflow {t} NOT NULL, vendor {t} NOT NULL, connection {t} NOT NULL, status {t} NOT NULL, n BIGINT NOT NULL,
    PRIMARY KEY(tenant, workflow, vendor, connection, status)) {w};

-- Open runs only. due_at is the lease: who claims a row moves it on and raises the fence.
CREATE TABLE work(
    run_id {b} NOT NULL PRIMARY KEY, tenant {t} NOT NULL, connection {t} NOT NULL, kind {t} NOT NULL, lane BIGINT NOT NULL DEFAULT 0,
    due_at BIGINT NOT NULL, fence BIGINT NOT NULL DEFAULT 0, quiet BIGINT NOT NULL DEFAULT 0, observed_at BIGINT, sync_error {t},
    missing BIGINT NOT NULL DEFAULT 0, missing_since BIGINT, credential {b}) {w};
CREATE INDEX work_due ON work(connection, lane, due_at);

CREATE TABLE commands(
    tenant {t} NOT NULL, id {b} NOT NULL, run_id {b} NOT NULL, kind {t} NOT NULL, turn {t}, state {t} NOT NULL, attempt {b} NOT NULL,
    actor {t}, key_hash {b}, request {t} NOT NULL, answer {t}, created_at BIGINT NOT NULL, PRIMARY KEY(tenant, id)) {w};
CREATE INDEX commands_run ON commands(run_id);
CREATE INDEX commands_sent ON commands(run_id) WHERE state = 'sent';
CREATE INDEX commands_unknown ON commands(run_id, id) WHERE state = 'unknown';
-- One winner per interaction.
CREATE UNIQUE INDEX commands_turn ON commands(run_id, turn) WHERE turn IS NOT NULL AND state <> 'refused';

CREATE TABLE idempotency(
    tenant {t} NOT NULL, key_hash {b} NOT NULL, fingerprint {b} NOT NULL, target {b} NOT NULL, retryable BIGINT NOT NULL DEFAULT 0,
    expires_at BIGINT, PRIMARY KEY(tenant, key_hash)) {w};

CREATE TABLE events(seq {seq}, tenant {t} NOT NULL, run_id {b} NOT NULL, version BIGINT NOT NULL, at BIGINT NOT NULL, type {t} NOT NULL, data {t} NOT NULL);
CREATE UNIQUE INDEX events_run ON events(run_id, version);
CREATE INDEX events_tenant ON events(tenant, seq);
