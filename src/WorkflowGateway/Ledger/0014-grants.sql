-- What a key is for: JSON arrays, NULL for all. limits: JSON of what differs for it from the settings.
ALTER TABLE api_keys ADD COLUMN workflows {t};
ALTER TABLE api_keys ADD COLUMN operations {t};
ALTER TABLE api_keys ADD COLUMN limits {t};
