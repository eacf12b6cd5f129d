#!/usr/bin/env bash
# A million open runs in a real SQLite file, read within their vendors' budget: what a claim costs, calls a second, CPU, memory. CI does it with 50,000.
# Usage: tests/million.sh [runs] [seconds]     1000000 and 120 unless told otherwise
. "$(dirname "$0")/full.sh"
[[ ${1:-1} =~ ^[1-9][0-9]*$ && ${2:-1} =~ ^[1-9][0-9]*$ ]] || { echo "usage: tests/million.sh [runs] [seconds]" >&2; exit 2; }
export WFG_RUNS=${1:-1000000} WFG_SECONDS=${2:-120}
full WorkflowGateway.Faults "FullyQualifiedName~MillionTests"
