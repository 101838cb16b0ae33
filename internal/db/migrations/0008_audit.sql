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
