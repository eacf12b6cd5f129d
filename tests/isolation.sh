#!/usr/bin/env bash
# One vendor black-holed, failing, throttling, resetting, dripping under load: what the callers of the others notice, against the same gateway before. CI does
# the same for 3 seconds each and judges no times; this is the full form.
# Usage: tests/isolation.sh [--store sqlite|postgres] [seconds] [requests a second]     60 seconds a phase and 60 requests a second unless told otherwise
. "$(dirname "$0")/full.sh"
store "$@"
[ "${1:-}" != --store ] || shift 2
[[ ${1:-60} =~ ^[1-9][0-9]*$ && ${2:-60} =~ ^[1-9][0-9]*$ ]] || { echo "usage: tests/isolation.sh [--store sqlite|postgres] [seconds] [requests a second]" >&2; exit 2; }
export WFG_ISOLATION_SECONDS=${1:-60} WFG_ISOLATION_RATE=${2:-60}
full WorkflowGateway.Faults "FullyQualifiedName~IsolationTests.Whatever"
