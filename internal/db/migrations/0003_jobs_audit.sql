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

-- Owned by internal/audit. All local.

-- Entries are numbered without gaps: a missing number is a removed entry.
CREATE TABLE audit_entry (
    id         {{bigint}} NOT NULL PRIMARY KEY,
    at         {{bigint}} NOT NULL,
    staff_id   {{bigint}} NOT NULL,              -- 0: the program itself or the command line
    action     {{text}} NOT NULL,                -- customer.reveal, customer.export, import.undo, …
    subject    {{text}} NOT NULL,                -- customer:123
    detail     {{text}} NOT NULL DEFAULT '{}',   -- JSON
    hash       {{blob}} NOT NULL                 -- over the entry and the hash of the one before: a quiet edit breaks the chain
) {{heap}};
CREATE INDEX audit_subject ON audit_entry (subject, id);
CREATE INDEX audit_staff ON audit_entry (staff_id, id);
CREATE INDEX audit_action ON audit_entry (action, id);

-- The end of the chain, one row. Whoever appends moves it first, which makes
-- two servers take turns; entries removed from the end are missed here.
CREATE TABLE audit_head (
    id      {{bigint}} NOT NULL PRIMARY KEY,
    entries {{bigint}} NOT NULL,
    hash    {{blob}} NULL                        -- of the last entry; null: there is none
) {{clustered}};
INSERT INTO audit_head (id, entries) VALUES (1, 0);
