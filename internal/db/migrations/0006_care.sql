-- Owned by internal/care.

CREATE TABLE care_rule (
    id        {{bigint}} NOT NULL PRIMARY KEY,
    code      {{text}} NOT NULL,                  -- delivery_7, cooling
    trigger   {{text}} NOT NULL,                  -- delivery, purchase, sample, birthday, festival, cooling
    params    {{text}} NOT NULL DEFAULT '{}',     -- JSON: days, lead, top_percent, sample_percent, …
    weight    {{bigint}} NOT NULL,                -- percent: how much such a contact counts when tasks are ranked
    keep_days {{bigint}} NOT NULL,                -- a task not done within them has missed its moment
    names     {{text}} NOT NULL DEFAULT '{}',     -- JSON locale → own name; empty: the message care.rule.<code>
    scripts   {{text}} NOT NULL DEFAULT '{}',     -- JSON locale → own script; empty: the message care.script.<code>
    active    {{bool}} NOT NULL DEFAULT TRUE,
    version   {{bigint}} NOT NULL DEFAULT 1
) {{heap}};
CREATE UNIQUE INDEX care_rule_code ON care_rule (code);

CREATE TABLE task (
    customer_id {{bigint}} NOT NULL,
    id          {{bigint}} NOT NULL,
    rule_id     {{bigint}} NOT NULL,
    anchor      {{text}} NOT NULL,                -- the event it follows: delivery:123, birthday:2026
    store_id    {{bigint}} NOT NULL,
    staff_id    {{bigint}} NOT NULL,              -- who is to do it; 0: anyone of the store
    due         {{text}} NOT NULL,                -- business day
    until       {{text}} NOT NULL,                -- last day on which it still makes sense
    value       {{bigint}} NOT NULL,              -- minor units; what the list is ordered by
    currency    {{text}} NOT NULL,
    reason      {{text}} NOT NULL,                -- JSON: the arguments of the reason's sentence
    state       {{text}} NOT NULL,                -- open, done, missed
    outcome     {{text}} NOT NULL DEFAULT '',     -- done, no_answer, call_back, wants, unhappy, do_not_contact
    outcome_at  {{bigint}} NULL,
    outcome_by  {{bigint}} NOT NULL DEFAULT 0,
    attempts    {{bigint}} NOT NULL DEFAULT 0,
    call_at     {{bigint}} NULL,                  -- the customer asked to be called then
    created_at  {{bigint}} NOT NULL,
    PRIMARY KEY (customer_id, id)
) {{clustered}};
-- A rule never makes the same task twice.
CREATE UNIQUE INDEX task_once ON task (customer_id, rule_id, anchor);
CREATE INDEX task_store ON task (store_id, value DESC, customer_id DESC, id DESC) WHERE state = 'open';
CREATE INDEX task_staff ON task (staff_id, value DESC, customer_id DESC, id DESC) WHERE state = 'open';
CREATE INDEX task_until ON task (until, customer_id, id) WHERE state = 'open';

-- How far the planning of a day has come: a killed run goes on from here.
CREATE TABLE plan_run (
    day        {{text}} NOT NULL,
    rule_id    {{bigint}} NOT NULL,
    cursor     {{text}} NOT NULL DEFAULT '',
    made       {{bigint}} NOT NULL DEFAULT 0,
    finished   {{bool}} NOT NULL DEFAULT FALSE,
    PRIMARY KEY (day, rule_id)
) {{clustered}};
