#!/usr/bin/env bash
# Plans switches for recorded starts, makes the same starts after each switch, and compares what the plans said with what happened.
# Usage: tests/plan.sh [--store postgres] [worlds [starts [changes]]]     WFG_PLAN_SEED begins elsewhere
. "$(dirname "$0")/full.sh"
store "$@"
[ "${1:-}" != --store ] || shift 2
export WFG_PLAN_WORLDS=${1:-10} WFG_PLAN_STARTS=${2:-100} WFG_PLAN_CHANGES=${3:-6}
full WorkflowGateway.Tests "FullyQualifiedName~PlanTruthTests"
