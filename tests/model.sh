#!/usr/bin/env bash
# Lives a million random lives of runs, by the gateway's rules and by a model of them.
# Usage: tests/model.sh [lives]     WFG_MODEL_SEED begins elsewhere
. "$(dirname "$0")/full.sh"
export WFG_MODEL_SEQUENCES=${1:-1000000}
full WorkflowGateway.Tests "FullyQualifiedName~RunModelTests"
