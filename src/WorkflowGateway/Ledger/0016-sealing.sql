-- Which master keys have sealed something here, by a name that tells nothing of them: a gateway that has another is told so at once.
CREATE TABLE master_keys(id {t} NOT NULL PRIMARY KEY, used_at BIGINT NOT NULL) {w};
