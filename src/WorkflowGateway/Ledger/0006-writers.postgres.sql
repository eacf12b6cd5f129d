-- The last transaction of each writer's session: what a commit whose answer was lost is looked up by. Not by its transaction's id: one that a
-- crash lost is given out again.
CREATE TABLE writers(id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, transactions BIGINT NOT NULL, used_at TIMESTAMPTZ NOT NULL DEFAULT now()) WITH (fillfactor = 50);
