-- The trace in which a run was started (traceparent, and tracestate behind a space where there was one), so that what is done for it later leads there. NULL: nobody knows.
ALTER TABLE runs ADD COLUMN trace {t};
