// Package jobs does work in the background: typed jobs in a table, run by
// workers in this process or another server's, and a list of periodic ones.
//
// Tables: job, job_schedule. Both are local to the coordinator of a cluster.
//
// Invariants:
//   - A job enqueued in a transaction exists when, and only when, the
//     transaction commits.
//   - A job is run by one worker at a time. The worker holds it by a lease that
//     it renews; when it dies, another takes over once the lease has run out.
//     Job.ProgressTx ends the transaction of a worker that has lost its lease
//     without noticing, so that two never both write.
//   - A job is run at least once, and again after a failure: it must be safe to
//     run what was half done. Long jobs keep a checkpoint of their own.
//   - At most one unfinished job exists per unique key.
//   - A periodic job's slot is run once, however many servers there are; slots
//     missed while none was up are made good by one run.
//
// The shape is that of riverqueue.com, whose library does not run on both of
// our engines (docs/adr).
package jobs
