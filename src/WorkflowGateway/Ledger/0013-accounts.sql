-- Which accounts a replica's connections reach: two that serve the same file reach others where it names variables and files of theirs.
ALTER TABLE replicas ADD COLUMN accounts {t};
