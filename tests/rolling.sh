#!/usr/bin/env bash
# Three replicas on one PostgreSQL, asked to end (twice) one after the other under load: no read fails, no start is lost, doubled or unknown.
# Usage: tests/rolling.sh [rounds]
. "$(dirname "$0")/full.sh"
export WFG_ROUNDS=${1:-100}
full WorkflowGateway.Faults "FullyQualifiedName~RollingRestartTests" -p:Mutants=none
