#!/bin/sh
# Imports a till's export into an empty SQLite and an empty PostgreSQL database
# and compares with the least that writing it could cost, in one go:
#
#   SQLite      the sqlite3 shell's .import of the same lines into one table with
#               one index: as many as our table of lines has
#   PostgreSQL  COPY of all rows the import left, from text files, into the same
#               tables with the same indexes
#
#   bench/import.sh [FILE]     default: the real export, ../shared/data/online-retail
#
# Needs bin/ricejar (make build), sqlite3, psql, GNU time. CPU is user + system;
# on PostgreSQL the server's processes that did the work are counted in.
set -eu
cd "$(dirname "$0")/.."
file=${1:-../shared/data/online-retail/online-retail.csv.gz}
dir=${BENCH_DIR:-build/bench}/import
map='receipt=InvoiceNo,sku=StockCode,product=Description,quantity=Quantity,sold_at=InvoiceDate,unit_price=UnitPrice,customer=CustomerID'

for tool in sqlite3 psql /usr/bin/time; do
	command -v "$tool" >/dev/null || { echo "$tool is needed: apt-get install -y --no-install-recommends sqlite3 postgresql-client time" >&2; exit 1; }
done
[ -x bin/ricejar ] || { echo "bin/ricejar is needed: make build" >&2; exit 1; }
[ -r "$file" ] || { echo "$file is not there" >&2; exit 1; }
rm -rf "$dir" && mkdir -p "$dir"
dir=$(cd "$dir" && pwd)

# measured NAME COMMAND… runs it and keeps "cpu wall rss" in $dir/NAME.
measured() {
	name=$1; shift
	/usr/bin/time -o "$dir/$name" -f '%U %S %e %M' "$@" >"$dir/$name.out" 2>&1 || { cat "$dir/$name.out" >&2; exit 1; }
	awk '{printf "%.2f %.2f %.0f\n", $1 + $2, $3, $4 / 1024}' "$dir/$name" >"$dir/$name.t" && mv "$dir/$name.t" "$dir/$name"
}
ricejar() { # URL NAME
	measured "$2" bin/ricejar --db "$1" --lang en import receipts "$file" --map "$map" --store UK1 --currency GBP --tz Europe/London
}
value() { awk -v n="$2" '{print $n}' "$dir/$1"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN {printf "%.2f", a / b}'; }

case $file in *.gz) gzip -dc "$file" ;; *) cat "$file" ;; esac >"$dir/lines.csv"
lines=$(($(wc -l <"$dir/lines.csv") - 1))

cat >"$dir/base.sql" <<-SQL
	.mode csv
	CREATE TABLE line (invoice TEXT, sku TEXT, description TEXT, quantity INTEGER, date TEXT, price REAL, customer TEXT, country TEXT);
	CREATE INDEX line_customer ON line (customer, invoice);
	.import --skip 1 $dir/lines.csv line
SQL
measured base sqlite3 "$dir/base.db" ".read $dir/base.sql"
ricejar "sqlite:$dir/ricejar.db" sqlite
ricejar "sqlite:$dir/ricejar.db" again

echo "$lines lines of $(basename "$file")"
echo
echo "SQLite            CPU s   wall s   memory MB"
for n in base sqlite again; do
	case $n in base) what='sqlite3 .import' ;; sqlite) what='first import' ;; again) what='again' ;; esac
	printf '%-16s %6s %8s %8s\n' "$what" "$(value $n 1)" "$(value $n 2)" "$(value $n 3)"
done
echo "first import / .import, CPU: $(ratio "$(value sqlite 1)" "$(value base 1)") (to reach: 4)"

url=$(bench/postgres fresh "$dir/pg")
trap 'bench/postgres stop "$dir/pg"' EXIT
# What the server's ended processes have used, in seconds of CPU.
server() {
	[ -r "$dir/pg/data/postmaster.pid" ] || { echo 0; return; }
	awk -v hz="$(getconf CLK_TCK)" '{sub(/.*\) /, ""); print ($14 + $15) / hz}' "/proc/$(head -n 1 "$dir/pg/data/postmaster.pid")/stat"
}
bin/ricejar --db "$url" report purchases --json >/dev/null # migrates
before=$(server)
ricejar "$url" postgres
sleep 1 # a server process ends a moment after its client
ours=$(server)
ricejar "$url" postgres_again

# Asked of the tables themselves: the server's statistics may lag behind.
tables=$(psql -qAt "$url" -c "SELECT relname FROM pg_stat_user_tables WHERE relname <> 'goose_db_version' ORDER BY relname" | while read -r t; do
	[ "$(psql -qAt "$url" -c "SELECT EXISTS (SELECT 1 FROM $t)")" = f ] || echo "$t"
done)
chmod 777 "$dir"
for t in $tables; do psql -qAt "$url" -c "\\copy $t TO '$dir/$t.copy'"; done
psql -qAt "$url" -c "TRUNCATE $(echo "$tables" | tr '\n' ',' | sed 's/,$//') CASCADE" 2>/dev/null
psql -qAt "$url" -c 'VACUUM FULL' -c CHECKPOINT
{
	echo 'BEGIN;'
	for t in customer $(echo "$tables" | grep -vx customer); do printf '%s\n' "\\copy $t FROM '$dir/$t.copy'"; done
	echo 'COMMIT;'
} >"$dir/copy.sql"
sleep 1
begun=$(server)
measured copy psql -q -v ON_ERROR_STOP=1 "$url" -f "$dir/copy.sql"
sleep 1
ended=$(server)

cpu() { awk -v a="$1" -v b="$2" -v c="$3" 'BEGIN {printf "%.2f", a + c - b}'; }
import_cpu=$(cpu "$(value postgres 1)" "$before" "$ours")
copy_cpu=$(cpu "$(value copy 1)" "$begun" "$ended")
echo
echo "PostgreSQL        CPU s   wall s   memory MB (ours alone)"
printf '%-16s %6s %8s\n' 'bare COPY' "$copy_cpu" "$(value copy 2)"
printf '%-16s %6s %8s %8s\n' 'first import' "$import_cpu" "$(value postgres 2)" "$(value postgres 3)"
printf '%-16s %6s %8s %8s\n' 'again' '' "$(value postgres_again 2)" "$(value postgres_again 3)"
echo "first import / bare COPY, CPU: $(ratio "$import_cpu" "$copy_cpu"), wall: $(ratio "$(value postgres 2)" "$(value copy 2)") (to reach: 3)"
