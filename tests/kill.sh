#!/usr/bin/env bash
# Kills a gateway under load with kill -9, again and again, and checks that no start was lost or sent twice. CI does 25 cycles; this is the full form.
# Usage: tests/kill.sh [--store sqlite|postgres] [cycles]     500 unless told otherwise; WFG_KILL_SEED repeats what an earlier run drew
. "$(dirname "$0")/full.sh"
store "$@"
[ "${1:-}" != --store ] || shift 2
[[ ${1:-500} =~ ^[1-9][0-9]*$ ]] || { echo "usage: tests/kill.sh [--store sqlite|postgres] [cycles]" >&2; exit 2; }
export WFG_KILL_CYCLES=${1:-500}
full WorkflowGateway.Faults "FullyQualifiedName~.KillTests."
