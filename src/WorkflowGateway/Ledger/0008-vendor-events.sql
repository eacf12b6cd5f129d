-- Webhooks of vendors that were taken, each once, whichever replica it came to: the hash of the event's id, which may be anything.
CREATE TABLE vendor_events(connection {t} NOT NULL, id_hash {b} NOT NULL, received_at BIGINT NOT NULL, PRIMARY KEY(connection, id_hash)) {w};
CREATE INDEX vendor_events_received ON vendor_events(received_at);

-- The fence that a vendor's event raised. While it is the row's own, nobody has read the run since; the claim that raises it once more is because of the event.
ALTER TABLE work ADD COLUMN hint BIGINT;
