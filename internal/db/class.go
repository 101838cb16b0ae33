package db

// Class says how a table would be spread over the machines of a distributed
// PostgreSQL. It decides which keys, unique indexes and foreign keys the table
// may have; internal/schema_test.go checks them on both engines, so that the
// move to a cluster stays a matter of configuration (docs/adr/0003).
type Class string

// The classes.
const (
	// CustomerOwned rows belong to one customer and lie with them: customer_id
	// comes first in the primary key and in every unique index.
	CustomerOwned Class = "customer"
	// KeyTable rows are found by a value that is unique across customers: the
	// value is the primary key, and a conflict on it is the duplicate check.
	KeyTable Class = "key"
	// Reference tables are small, seldom written, and copied to every machine.
	Reference Class = "reference"
	// Local tables live on the coordinator alone: jobs, sessions, imports.
	Local Class = "local"
)

// Classes is the class of every table.
var Classes = map[string]Class{
	"region": Reference, "store": Reference, "staff": Reference,

	"credential": Local, "session": Local, "api_key": Local, "sign_in_failure": Local,

	"job": Local, "job_schedule": Local, "audit_entry": Local, "audit_head": Local,

	"customer": CustomerOwned, "contact": CustomerOwned, "fact": CustomerOwned, "note": CustomerOwned,
	"consent": CustomerOwned, "timeline": CustomerOwned,
	"contact_key": KeyTable, "search_term": KeyTable, "request_key": KeyTable,
	"field": Reference,

	"receipt": CustomerOwned, "receipt_line": CustomerOwned, "receipt_addition": CustomerOwned, "delivery": CustomerOwned, "purchase_stat": CustomerOwned,
	"receipt_key": KeyTable, "product": Reference,
	"import_run": Local, "import_problem": Local, "import_shape": Local, "import_change": Local,

	"task": CustomerOwned, "task_outcome": CustomerOwned, "care_rule": Reference, "plan_run": Local,

	"insight_score": CustomerOwned, "insight_stage": CustomerOwned, "insight_refill": CustomerOwned, "lost_reason": CustomerOwned,
	"insight_head": Reference, "insight_setting": Reference, "store_traffic": Reference, "insight_price": Reference, "insight_model": Local, "insight_report": Local,
}
