-- Owned by internal/once.

-- A request that may be sent twice carries a key; the second finds the first's answer.
CREATE TABLE request_key (
    key    {{text}} NOT NULL PRIMARY KEY,
    result {{text}} NOT NULL,
    at     {{bigint}} NOT NULL
) {{clustered}};
CREATE INDEX request_key_at ON request_key (at);
