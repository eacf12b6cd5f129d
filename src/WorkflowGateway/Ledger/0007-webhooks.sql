-- Where changes are told to. Everything up to cursor was delivered, is of no interest there, or is of a run in webhook_lanes. tenant * sees all tenants.
-- Endpoints of the configuration have a name, and only their progress here. lease_until is the lease of the replica that delivers; it raises the fence.
CREATE TABLE webhooks(
    id {b} NOT NULL PRIMARY KEY, tenant {t} NOT NULL, name {t}, config {t}, url {t}, description {t}, statuses {t}, workflows {t},
    secret {b}, secret_id {b}, old_secret {b}, old_secret_until BIGINT,
    enabled BIGINT NOT NULL DEFAULT 1, reason {t}, revision BIGINT NOT NULL DEFAULT 1,
    cursor BIGINT NOT NULL, failures BIGINT NOT NULL DEFAULT 0, rest_until BIGINT NOT NULL DEFAULT 0,
    last_success_at BIGINT, last_failure_at BIGINT, last_failure {t},
    owner {t}, lease_until BIGINT NOT NULL DEFAULT 0, fence BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL) {w};
CREATE UNIQUE INDEX webhooks_name ON webhooks(name);
CREATE INDEX webhooks_tenant ON webhooks(tenant, id);

-- Runs of which an event failed: a cursor of their own, at the event that is to be delivered next. Those after it wait behind it, in the log.
CREATE TABLE webhook_lanes(
    webhook_id {b} NOT NULL, run_id {b} NOT NULL, seq BIGINT NOT NULL, attempts BIGINT NOT NULL, due_at BIGINT NOT NULL,
    PRIMARY KEY(webhook_id, run_id)) {w};

-- What was sent, for people. Dead ones are kept as long as runs are.
CREATE TABLE webhook_attempts(
    webhook_id {b} NOT NULL, id {b} NOT NULL, seq BIGINT NOT NULL, run_id {b} NOT NULL, attempt BIGINT NOT NULL, at BIGINT NOT NULL,
    status BIGINT, error {t}, duration BIGINT NOT NULL, state {t} NOT NULL, next_at BIGINT, PRIMARY KEY(webhook_id, id)) {w};
CREATE INDEX webhook_attempts_at ON webhook_attempts(at);
CREATE INDEX webhook_attempts_state ON webhook_attempts(webhook_id, state, id) WHERE state <> 'delivered';
