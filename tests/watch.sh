#!/usr/bin/env bash
# Watchers (npm eventsource, our client, a JSON cursor) cut off at random under load while gateways are killed: each must be told every event once and in order.
# Usage: tests/watch.sh [--store sqlite|postgres] [cuts of each watcher] [kills]     100 and 10 unless told otherwise; WFG_WATCH_SEED repeats what was drawn
. "$(dirname "$0")/full.sh"
store "$@"
[ "${1:-}" != --store ] || shift 2
[[ ${1:-100} =~ ^[1-9][0-9]*$ && ${2:-10} =~ ^[0-9]+$ ]] || { echo "usage: tests/watch.sh [--store sqlite|postgres] [cuts] [kills]" >&2; exit 2; }
export WFG_WATCH_CUTS=${1:-100} WFG_WATCH_KILLS=${2:-10}
tests/generate.sh --check
full WorkflowGateway.Faults "FullyQualifiedName~Faults.WatchTests" -p:Mutants=none
