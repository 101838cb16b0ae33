-- Owned by internal/auth. All local: they live on the coordinator of a cluster.

CREATE TABLE credential (
    login         {{text}} NOT NULL PRIMARY KEY, -- folded to lower case
    staff_id      {{bigint}} NOT NULL,
    password_hash {{text}} NOT NULL,             -- argon2id, PHC string
    must_change   {{bool}} NOT NULL DEFAULT FALSE,
    changed_at    {{bigint}} NOT NULL
) {{clustered}};
CREATE UNIQUE INDEX credential_staff ON credential (staff_id);

CREATE TABLE session (
    token_hash {{blob}} NOT NULL PRIMARY KEY,    -- SHA-256 of the cookie: a stolen table signs nobody in
    staff_id   {{bigint}} NOT NULL,
    created_at {{bigint}} NOT NULL,
    seen_at    {{bigint}} NOT NULL,
    expires_at {{bigint}} NOT NULL,
    device     {{text}} NOT NULL DEFAULT ''      -- browser and address, for the list of sessions
) {{clustered}};
CREATE INDEX session_staff ON session (staff_id);

CREATE TABLE api_key (
    id         {{bigint}} NOT NULL PRIMARY KEY,
    name       {{text}} NOT NULL,
    prefix     {{text}} NOT NULL,                -- first characters, to recognise it in a list
    key_hash   {{blob}} NOT NULL,
    staff_id   {{bigint}} NOT NULL,              -- the key may do what this person may, narrowed by scopes
    scopes     {{text}} NOT NULL,                -- rights, separated by blanks
    created_at {{bigint}} NOT NULL,
    used_at    {{bigint}} NULL,
    revoked_at {{bigint}} NULL
) {{heap}};
CREATE UNIQUE INDEX api_key_hash ON api_key (key_hash);

-- Failed sign-ins, per login and per address, for throttling.
CREATE TABLE sign_in_failure (
    subject      {{text}} NOT NULL PRIMARY KEY,  -- login:wang, addr:10.0.0.7
    failures     {{bigint}} NOT NULL,
    last_at      {{bigint}} NOT NULL,
    locked_until {{bigint}} NOT NULL
) {{clustered}};
