-- Who did what to what, never with what: each row is written with the change that it tells of. tenant is that of the thing, * where it is of all; target is its id.
CREATE TABLE audit(
    seq {seq}, tenant {t} NOT NULL, at BIGINT NOT NULL, actor {t} NOT NULL, role {t} NOT NULL, action {t} NOT NULL, target {t}, outcome {t} NOT NULL,
    detail {t}, trace_id {t}, address {t});
CREATE INDEX audit_tenant ON audit(tenant, seq);
CREATE INDEX audit_target ON audit(target, seq) WHERE target IS NOT NULL;
