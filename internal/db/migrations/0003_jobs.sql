-- Owned by internal/jobs. All local.

CREATE TABLE job (
    id           {{bigint}} NOT NULL PRIMARY KEY,
    kind         {{text}} NOT NULL,
    args         {{text}} NOT NULL,              -- JSON of the typed arguments
    unique_key   {{text}} NULL,                  -- at most one unfinished job per key
    state        {{text}} NOT NULL,              -- queued, running, done, failed, cancelled
    run_at       {{bigint}} NOT NULL,
    attempt      {{bigint}} NOT NULL DEFAULT 0,
    max_attempts {{bigint}} NOT NULL,
    leased_by    {{text}} NOT NULL DEFAULT '',
    leased_until {{bigint}} NULL,
    done_units   {{bigint}} NOT NULL DEFAULT 0,  -- progress
    all_units    {{bigint}} NOT NULL DEFAULT 0,
    error        {{text}} NOT NULL DEFAULT '',
    created_at   {{bigint}} NOT NULL,
    finished_at  {{bigint}} NULL
) {{heap}};
CREATE UNIQUE INDEX job_unique ON job (unique_key) WHERE state IN ('queued', 'running');
CREATE INDEX job_due ON job (state, run_at, id);

-- When each periodic job last ran, so that two servers do not both run it.
CREATE TABLE job_schedule (
    name    {{text}} NOT NULL PRIMARY KEY,
    ran_for {{text}} NOT NULL                    -- the slot, e.g. 2026-11-22
) {{clustered}};
