-- Owned by internal/insight.
-- A refresh writes the half that nobody reads and then turns the head: readers
-- see one whole version. Probabilities and shares are millionths.

-- One row: which half is read, and who may write the other.
CREATE TABLE insight_head (
    id       {{bigint}} NOT NULL PRIMARY KEY,
    half     {{bigint}} NOT NULL,                 -- 0 or 1
    model_id {{bigint}} NOT NULL DEFAULT 0,       -- the version that is read; 0: none yet
    claim    {{bigint}} NOT NULL DEFAULT 0        -- the refresh that was begun last; an earlier one gives up
) {{clustered}};
INSERT INTO insight_head (id, half) VALUES (1, 0);

-- One row per version: what was fitted, and how it did on purchases it had not seen.
CREATE TABLE insight_model (
    id         {{bigint}} NOT NULL PRIMARY KEY,
    as_of      {{text}} NOT NULL,                 -- business day, inclusive
    fitted_at  {{bigint}} NOT NULL,
    kind       {{text}} NOT NULL,                 -- model, rule (too little data: see missing)
    chosen     {{text}} NOT NULL,                 -- mbgnbd, paretonbd, bgnbd, return; hiatus for the rule
    currency   {{text}} NOT NULL,
    customers  {{bigint}} NOT NULL,
    repeaters  {{bigint}} NOT NULL,
    days       {{bigint}} NOT NULL,               -- from the first purchase to the newest
    newest     {{text}} NOT NULL,                 -- day of the newest purchase; empty: there is none
    gap        {{bigint}} NOT NULL,               -- the shop's median gap, times two
    parameters {{text}} NOT NULL,                 -- JSON, by model
    holdout    {{text}} NOT NULL,                 -- JSON: the check, null where there is too little data
    warnings   {{text}} NOT NULL,                 -- JSON array
    missing    {{text}} NOT NULL,                 -- JSON: how much is missing
    left_out   {{text}} NOT NULL                  -- JSON array: receipts in currencies without a rate
) {{heap}};

CREATE TABLE insight_score (
    customer_id  {{bigint}} NOT NULL,
    half         {{bigint}} NOT NULL,
    model_id     {{bigint}} NOT NULL,
    store_id     {{bigint}} NOT NULL,             -- copied from the customer, or the store of the last purchase
    owner_id     {{bigint}} NOT NULL,             -- copied from the customer
    stage        {{text}} NOT NULL,               -- new, forming, old, cooling, lost, won_back
    stage_since  {{text}} NOT NULL,
    vip          {{bool}} NOT NULL,               -- among the best by the purchases of a year
    recency      {{bigint}} NOT NULL,             -- 1 to 5, as are the next two
    frequency    {{bigint}} NOT NULL,
    monetary     {{bigint}} NOT NULL,
    days         {{bigint}} NOT NULL,             -- distinct days with a purchase
    first_day    {{text}} NOT NULL,
    last_day     {{text}} NOT NULL,
    gap          {{bigint}} NOT NULL,             -- own median gap, times two; 0: fewer than two days
    overdue      {{bigint}} NOT NULL,             -- silence in thousandths of the gap that counts
    active       {{bigint}} NOT NULL,             -- chance of a purchase within the horizon
    expected     {{bigint}} NOT NULL,             -- thousandths of purchases within the horizon
    currency     {{text}} NOT NULL,
    spent        {{bigint}} NOT NULL,             -- the last 365 days
    total        {{bigint}} NOT NULL,             -- ever
    value        {{bigint}} NOT NULL,             -- expected sales of the next 365 days, discounted; to two digits
    stake        {{bigint}} NOT NULL,             -- value × the chance that they do not come: what the warned are listed by; to two digits
    rfm          {{text}} NOT NULL,               -- code of the group in the grid of recency against frequency and value
    warning      {{text}} NOT NULL,               -- why they may be leaving: silent, fading, unhappy, returned; or empty
    warning_args {{text}} NOT NULL,               -- JSON: the arguments of the sentence
    PRIMARY KEY (customer_id, half)
) {{clustered}};
-- Lists of all customers, whoever is worth most first: of a stage, of a group; and those
-- of a store and of a person, which are short enough to be sorted. An index here is
-- written every night: it has to earn that, and to hold what changes little.
CREATE INDEX insight_score_stage ON insight_score (half, stage, value DESC, customer_id DESC);
CREATE INDEX insight_score_rfm ON insight_score (half, rfm, value DESC, customer_id DESC);
CREATE INDEX insight_score_store ON insight_score (half, store_id, customer_id);
CREATE INDEX insight_score_owner ON insight_score (half, owner_id, customer_id);
CREATE INDEX insight_score_total ON insight_score (half, total DESC, customer_id DESC);
-- The warned and the best of a year are few.
CREATE INDEX insight_score_warned ON insight_score (half, stake DESC, customer_id DESC) WHERE warning <> '';
CREATE INDEX insight_score_best ON insight_score (half, spent DESC, customer_id DESC) WHERE vip;

-- When a customer entered each stage, replayed from the purchases: kept by its
-- differences, because it hardly changes from one night to the next.
CREATE TABLE insight_stage (
    customer_id {{bigint}} NOT NULL,
    day         {{text}} NOT NULL,
    stage       {{text}} NOT NULL,
    was         {{text}} NOT NULL,                -- the stage before: prospect at first
    PRIMARY KEY (customer_id, day)
) {{clustered}};

-- When a customer's jar of a product runs out.
CREATE TABLE insight_refill (
    customer_id {{bigint}} NOT NULL,
    half        {{bigint}} NOT NULL,
    product_id  {{bigint}} NOT NULL,
    model_id    {{bigint}} NOT NULL,
    last_day    {{text}} NOT NULL,                -- of the last purchase of it
    due_on      {{text}} NOT NULL,
    low_on      {{text}} NOT NULL,                -- four times in five it is between
    high_on     {{text}} NOT NULL,                -- these two
    chance      {{bigint}} NOT NULL,              -- that they buy it again within 14 days of as_of
    basis       {{text}} NOT NULL,                -- jar: people, daily use and capacity were told; rhythm: of their purchases
    PRIMARY KEY (customer_id, half, product_id)
) {{clustered}};
CREATE INDEX insight_refill_due ON insight_refill (half, due_on, customer_id, product_id);

-- What a product usually costs: whether somebody waits for low prices.
CREATE TABLE insight_price (
    product_id {{bigint}} NOT NULL,
    half       {{bigint}} NOT NULL,
    model_id   {{bigint}} NOT NULL,
    price      {{bigint}} NOT NULL,               -- half of the lines were at or above it; millionths of the major unit
    lines      {{bigint}} NOT NULL,
    PRIMARY KEY (product_id, half)
) {{clustered}};

-- What a page shows, of all stores (store_id 0) and of each.
CREATE TABLE insight_report (
    name     {{text}} NOT NULL,
    store_id {{bigint}} NOT NULL,
    model_id {{bigint}} NOT NULL,
    as_of    {{text}} NOT NULL,
    newest   {{text}} NOT NULL,                   -- day of the newest purchase in it; empty: there is none
    document {{text}} NOT NULL,                   -- JSON
    PRIMARY KEY (name, store_id)
) {{clustered}};

-- What the company decided: margins, costs, where the stages begin. One row.
CREATE TABLE insight_setting (
    id         {{bigint}} NOT NULL PRIMARY KEY,
    document   {{text}} NOT NULL,                 -- JSON
    version    {{bigint}} NOT NULL                -- counts edits
) {{clustered}};

-- How many people came in, where somebody counts them.
CREATE TABLE store_traffic (
    store_id     {{bigint}} NOT NULL,
    month        {{text}} NOT NULL,               -- YYYY-MM
    new_visitors {{bigint}} NOT NULL,
    old_visitors {{bigint}} NOT NULL,
    staff_id     {{bigint}} NOT NULL,
    at           {{bigint}} NOT NULL,
    PRIMARY KEY (store_id, month)
) {{clustered}};

-- Why a customer stays away, as they told somebody.
CREATE TABLE lost_reason (
    customer_id {{bigint}} NOT NULL,
    id          {{bigint}} NOT NULL,
    reason      {{text}} NOT NULL,                -- moved, price, service_fault, product_fault, competitor, need_ended, died, do_not_disturb, other
    note        {{text}} NOT NULL DEFAULT '',
    staff_id    {{bigint}} NOT NULL,
    at          {{bigint}} NOT NULL,
    warning     {{text}} NOT NULL DEFAULT '',     -- the warning that stood when it was asked
    refused     {{bool}} NOT NULL DEFAULT FALSE,  -- a refusal of all contact was noted with it
    PRIMARY KEY (customer_id, id)
) {{clustered}};
