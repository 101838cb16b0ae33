-- Owned by internal/customer.

CREATE TABLE customer (
    customer_id    {{bigint}} NOT NULL PRIMARY KEY,
    name           {{text}} NOT NULL,             -- may be empty: a till knows a card, not a name
    gender         {{text}} NOT NULL DEFAULT '',  -- '', female, male
    birth_calendar {{text}} NOT NULL DEFAULT '',  -- '', solar, lunar
    birth_year     {{bigint}} NOT NULL DEFAULT 0, -- 0: not told
    birth_month    {{bigint}} NOT NULL DEFAULT 0,
    birth_day      {{bigint}} NOT NULL DEFAULT 0,
    birth_leap     {{bool}} NOT NULL DEFAULT FALSE, -- lunar leap month
    birth_key      {{text}} NOT NULL DEFAULT '',  -- s-04-17, l-08-15: what a day's birthdays are looked up by
    card_no        {{text}} NOT NULL DEFAULT '',
    store_id       {{bigint}} NOT NULL DEFAULT 0, -- home store; 0: none yet
    owner_id       {{bigint}} NOT NULL DEFAULT 0, -- owning associate; 0: none yet
    household_id   {{bigint}} NOT NULL DEFAULT 0, -- people with the same number live together; 0: alone as far as we know
    referrer_id    {{bigint}} NOT NULL DEFAULT 0, -- who brought them
    origin         {{text}} NOT NULL DEFAULT '',  -- walk_in, referral, import, event, online, …
    vip            {{bool}} NOT NULL DEFAULT FALSE,
    do_not_contact {{bool}} NOT NULL DEFAULT FALSE, -- follows the latest consent entry
    completeness   {{bigint}} NOT NULL DEFAULT 0, -- percent, kept with every change of a fact
    import_id      {{bigint}} NOT NULL DEFAULT 0, -- the import that created the file; 0: a person did
    version        {{bigint}} NOT NULL DEFAULT 1, -- counts edits: two editors do not overwrite each other
    created_at     {{bigint}} NOT NULL,
    updated_at     {{bigint}} NOT NULL
) {{heap}};
CREATE INDEX customer_recent ON customer (updated_at DESC, customer_id DESC);
CREATE INDEX customer_owner ON customer (owner_id, updated_at DESC, customer_id DESC);
CREATE INDEX customer_store ON customer (store_id, updated_at DESC, customer_id DESC);
CREATE INDEX customer_birth ON customer (birth_key, customer_id) WHERE birth_key <> '';
CREATE INDEX customer_household ON customer (household_id, customer_id) WHERE household_id <> 0;
CREATE INDEX customer_referrer ON customer (referrer_id, customer_id) WHERE referrer_id <> 0;
CREATE INDEX customer_import ON customer (import_id, customer_id) WHERE import_id <> 0;

-- Phones, e-mails and messaging ids as the customer's own page lists them.
CREATE TABLE contact (
    customer_id {{bigint}} NOT NULL,
    id          {{bigint}} NOT NULL,
    kind        {{text}} NOT NULL,                -- phone, email, wechat
    value       {{text}} NOT NULL,                -- normalised: +8613812345678, wang@example.com
    label       {{text}} NOT NULL DEFAULT '',
    main        {{bool}} NOT NULL DEFAULT FALSE,
    PRIMARY KEY (customer_id, id),
    CONSTRAINT contact_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (customer_id)
) {{clustered}};

-- The value is the key: a conflict here is the duplicate check, and a look-up is one row.
CREATE TABLE contact_key (
    kind        {{text}} NOT NULL,                -- phone, email, wechat, card
    value       {{text}} NOT NULL,
    customer_id {{bigint}} NOT NULL,
    PRIMARY KEY (kind, value)
) {{clustered}};

-- Every suffix of a name, its pinyin and initials, a phone, a card, an e-mail:
-- "any part of" is then a prefix. store_id and owner_id are copied here so that
-- a search sees only what the searcher may, without a join per candidate.
CREATE TABLE search_term (
    term        {{text}} NOT NULL,
    customer_id {{bigint}} NOT NULL,
    store_id    {{bigint}} NOT NULL,
    owner_id    {{bigint}} NOT NULL,
    PRIMARY KEY (term, customer_id)
) {{clustered}};
-- An associate's few among a million: what most people search in.
CREATE INDEX search_term_owner ON search_term (owner_id, term, customer_id) WHERE owner_id <> 0;

-- What may be known about a customer: built-in and of the trade's own.
CREATE TABLE field (
    code       {{text}} NOT NULL PRIMARY KEY,     -- family.children, shoe_size
    labels     {{text}} NOT NULL DEFAULT '{}',    -- JSON locale → label; empty: the message field.<code>
    grp        {{text}} NOT NULL,                 -- hard, soft
    type       {{text}} NOT NULL,                 -- text, number, date, choice, choices, yes_no
    unit       {{text}} NOT NULL DEFAULT '',
    choices    {{text}} NOT NULL DEFAULT '[]',    -- JSON array of codes or words
    min_value  {{text}} NOT NULL DEFAULT '',
    max_value  {{text}} NOT NULL DEFAULT '',
    pattern    {{text}} NOT NULL DEFAULT '',
    question   {{text}} NOT NULL DEFAULT '{}',    -- JSON locale → how to ask; empty: the message question.<code>
    weight     {{bigint}} NOT NULL DEFAULT 1,     -- share within its group's completeness; 0: not counted
    sensitive  {{bool}} NOT NULL DEFAULT FALSE,
    position   {{bigint}} NOT NULL,
    builtin    {{bool}} NOT NULL DEFAULT FALSE,
    active     {{bool}} NOT NULL DEFAULT TRUE
) {{heap}};

-- Each fact keeps who noted it, when and from where. The newest per field is
-- current; older ones stay as history.
CREATE TABLE fact (
    customer_id {{bigint}} NOT NULL,
    id          {{bigint}} NOT NULL,
    field       {{text}} NOT NULL,
    value       {{text}} NOT NULL,                -- empty: taken back; or the answer "refused" in status
    status      {{text}} NOT NULL,                -- known, refused
    noted_by    {{bigint}} NOT NULL,
    noted_at    {{bigint}} NOT NULL,
    source      {{text}} NOT NULL,                -- talk, phone, import, api, till
    current     {{bool}} NOT NULL,
    PRIMARY KEY (customer_id, id),
    CONSTRAINT fact_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (customer_id)
) {{clustered}};
CREATE UNIQUE INDEX fact_current ON fact (customer_id, field) WHERE current;

CREATE TABLE note (
    customer_id {{bigint}} NOT NULL,
    id          {{bigint}} NOT NULL,
    body        {{text}} NOT NULL,
    staff_id    {{bigint}} NOT NULL,
    at          {{bigint}} NOT NULL,
    deleted_at  {{bigint}} NULL,                  -- undo brings it back
    PRIMARY KEY (customer_id, id),
    CONSTRAINT note_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (customer_id)
) {{clustered}};

-- Consent per purpose and channel; the newest entry counts.
CREATE TABLE consent (
    customer_id {{bigint}} NOT NULL,
    id          {{bigint}} NOT NULL,
    purpose     {{text}} NOT NULL,                -- care, marketing, all
    channel     {{text}} NOT NULL,                -- phone, sms, email, wechat, all
    granted     {{bool}} NOT NULL,
    source      {{text}} NOT NULL,
    wording     {{text}} NOT NULL DEFAULT '',
    staff_id    {{bigint}} NOT NULL,
    at          {{bigint}} NOT NULL,
    PRIMARY KEY (customer_id, id),
    CONSTRAINT consent_customer_fk FOREIGN KEY (customer_id) REFERENCES customer (customer_id)
) {{clustered}};

-- One line of the story per fact worth telling, written in the transaction of
-- the fact. id is the fact's own id, so that undoing it can take its line along.
CREATE TABLE timeline (
    customer_id {{bigint}} NOT NULL,
    at          {{bigint}} NOT NULL,
    id          {{bigint}} NOT NULL,
    kind        {{text}} NOT NULL,                -- purchase, return, delivery, contact, note, fact, consent, created, …
    store_id    {{bigint}} NOT NULL DEFAULT 0,
    staff_id    {{bigint}} NOT NULL DEFAULT 0,
    data        {{text}} NOT NULL DEFAULT '{}',   -- JSON, opaque to SQL
    PRIMARY KEY (customer_id, at, id, kind)
) {{clustered}};
