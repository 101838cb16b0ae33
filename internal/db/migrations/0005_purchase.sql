-- Owned by internal/purchase.
-- A walk-in's receipt has no customer: its customer_id is minus its own id, so
-- that walk-ins spread over all shards and never meet a real customer's id.

CREATE TABLE product (
    id       {{bigint}} NOT NULL PRIMARY KEY,     -- derived from the SKU
    sku      {{text}} NOT NULL,
    name     {{text}} NOT NULL DEFAULT '',
    category {{text}} NOT NULL DEFAULT ''
) {{heap}};
CREATE UNIQUE INDEX product_sku ON product (sku);

-- Idempotency: a store's receipt number is recorded once. The number comes
-- first, so that the search box finds it by its beginning.
CREATE TABLE receipt_key (
    number      {{text}} NOT NULL,
    store_id    {{bigint}} NOT NULL,
    customer_id {{bigint}} NOT NULL,
    receipt_id  {{bigint}} NOT NULL,
    digest      {{bigint}} NOT NULL,              -- of all the receipt says: tells the same again from something else
    parts       {{bigint}} NOT NULL DEFAULT 1,    -- pieces it came in, where its lines lay far apart in a file
    import_id   {{bigint}} NOT NULL DEFAULT 0,    -- as in receipt
    missing     {{bigint}} NOT NULL DEFAULT 0,    -- its rows that could not be read: listed as problems, to be added when mended
    PRIMARY KEY (number, store_id)
) {{clustered}};

CREATE TABLE receipt (
    customer_id {{bigint}} NOT NULL,
    id          {{bigint}} NOT NULL,              -- derived from store and number
    store_id    {{bigint}} NOT NULL,
    number      {{text}} NOT NULL,
    kind        {{text}} NOT NULL,                -- sale, return
    sold_at     {{bigint}} NOT NULL,
    day         {{text}} NOT NULL,                -- business day in the store's zone
    staff_id    {{bigint}} NOT NULL DEFAULT 0,
    currency    {{text}} NOT NULL,
    net         {{bigint}} NOT NULL,              -- minor units; returns are negative
    lines       {{bigint}} NOT NULL,
    import_id   {{bigint}} NOT NULL DEFAULT 0,
    PRIMARY KEY (customer_id, id)
) {{clustered}};
CREATE INDEX receipt_history ON receipt (customer_id, sold_at DESC, net, day, kind);
CREATE INDEX receipt_day ON receipt (day, store_id, net, customer_id, id);
CREATE INDEX receipt_import ON receipt (import_id, customer_id, id) WHERE import_id <> 0;

CREATE TABLE receipt_line (
    customer_id {{bigint}} NOT NULL,
    receipt_id  {{bigint}} NOT NULL,
    line        {{bigint}} NOT NULL,
    product_id  {{bigint}} NOT NULL,
    quantity    {{bigint}} NOT NULL,              -- thousandths of the product's unit: 1.5 m is 1500
    unit_price  {{bigint}} NOT NULL,              -- millionths of the major currency unit: tills have sub-penny prices
    amount      {{bigint}} NOT NULL,              -- minor units, rounded half away from zero
    text        {{text}} NULL,                    -- the till's words, where they differ from the product's name
    PRIMARY KEY (customer_id, receipt_id, line)
) {{clustered}};

-- Lines that a later import added to a receipt: the mended rows. Undoing that
-- import takes them out again.
CREATE TABLE receipt_addition (
    customer_id {{bigint}} NOT NULL,
    receipt_id  {{bigint}} NOT NULL,
    first_line  {{bigint}} NOT NULL,
    lines       {{bigint}} NOT NULL,
    import_id   {{bigint}} NOT NULL,
    PRIMARY KEY (customer_id, receipt_id, first_line)
) {{clustered}};
CREATE INDEX receipt_addition_import ON receipt_addition (import_id, customer_id, receipt_id);

CREATE TABLE delivery (
    customer_id  {{bigint}} NOT NULL,
    id           {{bigint}} NOT NULL,
    receipt_id   {{bigint}} NOT NULL,
    promised_on  {{text}} NOT NULL DEFAULT '',
    delivered_on {{text}} NOT NULL DEFAULT '',    -- empty: not yet
    what         {{text}} NOT NULL DEFAULT '',
    gift         {{text}} NOT NULL DEFAULT '',    -- a small surprise, and what it cost
    gift_cost    {{bigint}} NOT NULL DEFAULT 0,
    import_id    {{bigint}} NOT NULL DEFAULT 0,
    PRIMARY KEY (customer_id, id)
) {{clustered}};
CREATE INDEX delivery_day ON delivery (delivered_on, customer_id, id) WHERE delivered_on <> '';
CREATE INDEX delivery_import ON delivery (import_id, customer_id, id) WHERE import_id <> 0;

-- One row per customer, kept in the transaction of each purchase and rebuilt
-- from receipts to the same values.
CREATE TABLE purchase_stat (
    customer_id  {{bigint}} NOT NULL PRIMARY KEY,
    currency     {{text}} NOT NULL,
    receipts     {{bigint}} NOT NULL,             -- sales, without returns
    returns      {{bigint}} NOT NULL,
    net          {{bigint}} NOT NULL,             -- sales less returns
    days         {{bigint}} NOT NULL,             -- distinct days with a sale
    first_day    {{text}} NOT NULL,
    last_day     {{text}} NOT NULL,
    last_receipt {{bigint}} NOT NULL,             -- id of the last sale
    median_gap   {{bigint}} NOT NULL,             -- days between sale days, times two (a median may be a half); 0: fewer than two days
    cool_on      {{text}} NOT NULL                -- the first day on which the silence exceeds 1.5 × the median gap; empty: fewer than three gaps
) {{heap}};
CREATE INDEX purchase_stat_cool ON purchase_stat (cool_on, customer_id) WHERE cool_on <> '';

CREATE TABLE import_run (
    id          {{bigint}} NOT NULL PRIMARY KEY,
    kind        {{text}} NOT NULL,                -- receipts, customers
    file_name   {{text}} NOT NULL,
    file_hash   {{text}} NOT NULL,
    file_path   {{text}} NOT NULL DEFAULT '',     -- an upload kept until the run ends
    options     {{text}} NOT NULL,                -- JSON: mapping, store, currency, zone
    state       {{text}} NOT NULL,                -- waiting, checking, checked, running, done, failed, undoing, undone
    staff_id    {{bigint}} NOT NULL,
    leased_by   {{text}} NOT NULL DEFAULT '',     -- the process at work: host, process id
    leased_until {{bigint}} NOT NULL DEFAULT 0,   -- past it, the process is taken for dead and another goes on
    header      {{text}} NOT NULL DEFAULT '[]',   -- JSON array: the file's columns
    checkpoint  {{text}} NOT NULL DEFAULT '',     -- JSON, written in the transaction of each chunk: where to go on
    rows_done   {{bigint}} NOT NULL DEFAULT 0,    -- rows read
    bytes_done  {{bigint}} NOT NULL DEFAULT 0,
    bytes_all   {{bigint}} NOT NULL DEFAULT 0,
    counts      {{text}} NOT NULL DEFAULT '{}',   -- JSON of the report
    error       {{text}} NOT NULL DEFAULT '',
    created_at  {{bigint}} NOT NULL,
    finished_at {{bigint}} NULL
) {{heap}};
-- The same file uploaded twice at once: the second finds the first.
CREATE UNIQUE INDEX import_run_active ON import_run (kind, file_hash) WHERE state IN ('running', 'undoing');
CREATE INDEX import_run_recent ON import_run (created_at DESC, id DESC);

CREATE TABLE import_problem (
    run_id {{bigint}} NOT NULL,
    row_no {{bigint}} NOT NULL,                   -- as the file counts, the header being row 1
    seq    {{bigint}} NOT NULL,
    field  {{text}} NOT NULL,
    reason {{text}} NOT NULL,                     -- translation key
    args   {{text}} NOT NULL DEFAULT '{}',
    cells  {{text}} NOT NULL,                     -- JSON array: the row as read, to be mended and imported again
    PRIMARY KEY (run_id, row_no, seq)
) {{clustered}};

-- What an import changed in the files of customers who were known before: undo
-- sets it back where nobody has changed it since.
CREATE TABLE import_change (
    run_id      {{bigint}} NOT NULL,
    seq         {{bigint}} NOT NULL,
    customer_id {{bigint}} NOT NULL,
    change      {{text}} NOT NULL,                -- JSON: customer.Patched
    PRIMARY KEY (run_id, seq)
) {{clustered}};

-- How columns of a file of this shape were mapped last time.
CREATE TABLE import_shape (
    shape   {{text}} NOT NULL PRIMARY KEY,        -- hash of kind and header
    options {{text}} NOT NULL,
    at      {{bigint}} NOT NULL
) {{clustered}};
