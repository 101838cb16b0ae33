-- Owned by internal/org. All reference tables: small, seldom written.

CREATE TABLE region (
    id   {{bigint}} NOT NULL PRIMARY KEY,
    name {{text}} NOT NULL
) {{heap}};

CREATE TABLE store (
    id        {{bigint}} NOT NULL PRIMARY KEY,
    code      {{text}} NOT NULL,            -- what the till and the command line call it: UK1
    name      {{text}} NOT NULL,
    kind      {{text}} NOT NULL,            -- furniture, fashion, workshop, other
    region_id {{bigint}} NULL CONSTRAINT store_region_fk REFERENCES region (id),
    currency  {{text}} NOT NULL,            -- ISO 4217
    tz        {{text}} NOT NULL,            -- IANA zone: business days are days of this zone
    phone     {{text}} NOT NULL DEFAULT '',
    address   {{text}} NOT NULL DEFAULT '',
    active    {{bool}} NOT NULL DEFAULT TRUE
) {{heap}};
CREATE UNIQUE INDEX store_code ON store (LOWER(code)); -- of ASCII on both engines

-- A person who works for the company. Who may sign in is auth's business.
CREATE TABLE staff (
    id        {{bigint}} NOT NULL PRIMARY KEY,
    code      {{text}} NOT NULL,            -- what the till calls them; unique
    name      {{text}} NOT NULL,
    role      {{text}} NOT NULL,            -- org.Role
    reach     {{text}} NOT NULL,            -- own, store, region, all
    store_id  {{bigint}} NULL CONSTRAINT staff_store_fk REFERENCES store (id),
    region_id {{bigint}} NULL CONSTRAINT staff_region_fk REFERENCES region (id),
    locale    {{text}} NOT NULL DEFAULT '', -- empty: what the browser asks for
    theme     {{text}} NOT NULL DEFAULT '', -- empty: what the device says; light, dark
    active    {{bool}} NOT NULL DEFAULT TRUE
) {{heap}};
CREATE UNIQUE INDEX staff_code ON staff (LOWER(code));
CREATE INDEX staff_store ON staff (store_id, id);
