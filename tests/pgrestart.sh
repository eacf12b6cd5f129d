#!/usr/bin/env bash
# Kills PostgreSQL under the load of three replicas and lets it come back, 50 times.
# Usage: tests/pgrestart.sh [restarts]
. "$(dirname "$0")/full.sh"
export WFG_PGRESTARTS=${1:-50}
full WorkflowGateway.Faults "FullyQualifiedName~DatabaseRestartTests"
