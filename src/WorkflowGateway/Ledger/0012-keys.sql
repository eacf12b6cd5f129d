-- API keys that were made by the gateway: of each only its hash. tenant * is all tenants. A row stays when its key is revoked: who held it can still be told.
CREATE TABLE api_keys(
    id {t} NOT NULL PRIMARY KEY, tenant {t} NOT NULL, role {t} NOT NULL, name {t}, sha256 {b} NOT NULL, created_at BIGINT NOT NULL, revoked_at BIGINT) {w};
CREATE INDEX api_keys_tenant ON api_keys(tenant, id);
