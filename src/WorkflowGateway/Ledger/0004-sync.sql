-- Which due rows are taken first: 0 soon, 1 later, 2 starts to send, 3 starts that nobody can still be sending. See WorkLane.
UPDATE work SET lane = CASE kind WHEN 'queued' THEN 2 ELSE 3 END WHERE kind = 'queued' OR kind = 'sent';

-- The processes that share this store. Who was not seen for a while is gone, and the others take over its share of every rate limit.
CREATE TABLE replicas(id {t} NOT NULL PRIMARY KEY, seen_at BIGINT NOT NULL, revision {t} NOT NULL) {w};

-- Vendors that asked to be left alone, and until when: every replica obeys.
CREATE TABLE pauses(connection {t} NOT NULL PRIMARY KEY, until BIGINT NOT NULL) {w};
