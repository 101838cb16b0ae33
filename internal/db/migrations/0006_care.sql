-- Owned by internal/care.

CREATE TABLE care_rule (
    id        {{bigint}} NOT NULL PRIMARY KEY,    -- derived from the code
    code      {{text}} NOT NULL,                  -- delivery_7, cooling
    trigger   {{text}} NOT NULL,                  -- delivery, purchase, sample, birthday, festival, cooling, outcome
    params    {{text}} NOT NULL DEFAULT '{}',     -- JSON: days, lead, top_percent, sample_percent, …
    weight    {{bigint}} NOT NULL,                -- percent: how much such a contact counts when tasks are ranked
    keep_days {{bigint}} NOT NULL,                -- a task not done within them has missed its moment
    names     {{text}} NOT NULL DEFAULT '{}',     -- JSON locale → own name; empty: the message care.rule.<trigger>
    scripts   {{text}} NOT NULL DEFAULT '{}',     -- JSON locale → own script; empty: the message care.script.<trigger>
    active    {{bool}} NOT NULL DEFAULT TRUE,
    version   {{bigint}} NOT NULL DEFAULT 1       -- counts edits
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
    state       {{text}} NOT NULL,                -- open, done, missed, cancelled
    outcome     {{text}} NOT NULL DEFAULT '',     -- the last one: done, no_answer, call_back, wants, unhappy, do_not_contact
    outcome_at  {{bigint}} NULL,
    outcome_by  {{bigint}} NOT NULL DEFAULT 0,
    attempts    {{bigint}} NOT NULL DEFAULT 0,    -- calls that nobody answered
    call_at     {{bigint}} NULL,                  -- the customer asked to be called then
    version     {{bigint}} NOT NULL DEFAULT 1,    -- counts outcomes and their undoing: of two at once, one wins
    created_at  {{bigint}} NOT NULL,
    PRIMARY KEY (customer_id, id)
) {{clustered}};
-- A rule never makes the same task twice.
CREATE UNIQUE INDEX task_once ON task (customer_id, rule_id, anchor);
-- Today's list in its order: of everyone, of a store, of a person, and of a store's tasks that are nobody's.
CREATE INDEX task_value ON task (value DESC, customer_id DESC, id DESC) WHERE state = 'open';
CREATE INDEX task_store ON task (store_id, value DESC, customer_id DESC, id DESC) WHERE state = 'open';
CREATE INDEX task_staff ON task (staff_id, value DESC, customer_id DESC, id DESC) WHERE state = 'open' AND staff_id <> 0;
CREATE INDEX task_nobodys ON task (store_id, value DESC, customer_id DESC, id DESC) WHERE state = 'open' AND staff_id = 0;
-- Promised calls in theirs, of everyone and of a store.
CREATE INDEX task_call ON task (call_at, customer_id, id) WHERE state = 'open' AND call_at IS NOT NULL;
CREATE INDEX task_store_call ON task (store_id, call_at, customer_id, id) WHERE state = 'open' AND call_at IS NOT NULL;
CREATE INDEX task_until ON task (until, customer_id, id) WHERE state = 'open';

-- What came of a contact. A task that nobody answered has several.
CREATE TABLE task_outcome (
    customer_id {{bigint}} NOT NULL,
    id          {{bigint}} NOT NULL,              -- the timeline's line has the same
    task_id     {{bigint}} NOT NULL,
    rule_id     {{bigint}} NOT NULL,
    outcome     {{text}} NOT NULL,
    body        {{text}} NOT NULL DEFAULT '',     -- what was said, in the writer's words
    call_at     {{bigint}} NULL,
    at          {{bigint}} NOT NULL,
    day         {{text}} NOT NULL,                -- business day of the store
    store_id    {{bigint}} NOT NULL,
    staff_id    {{bigint}} NOT NULL,
    restore     {{text}} NOT NULL,                -- JSON: the task as it was and what followed, for undoing
    undone_at   {{bigint}} NULL,
    PRIMARY KEY (customer_id, id)
) {{clustered}};
CREATE INDEX task_outcome_day ON task_outcome (day, store_id) WHERE undone_at IS NULL;
CREATE INDEX task_outcome_staff ON task_outcome (staff_id, day) WHERE undone_at IS NULL;

-- How far the planning of a day has come: a killed run goes on from here.
CREATE TABLE plan_run (
    day      {{text}} NOT NULL,
    rule_id  {{bigint}} NOT NULL,                 -- 0: the run of all rules
    version  {{bigint}} NOT NULL,                 -- of the rule: a changed rule begins anew
    cursor   {{text}} NOT NULL DEFAULT '',
    made     {{bigint}} NOT NULL DEFAULT 0,
    finished {{bool}} NOT NULL DEFAULT FALSE,
    PRIMARY KEY (day, rule_id)
) {{clustered}};
