#!/usr/bin/env bash
# Sends requests made of valid ones of every operation: no 500, no hang, problems only. The process is the test's own: its memory is looked at in the end.
# Usage: tests/fuzz.sh [count] [seed]
. "$(dirname "$0")/full.sh"
export WFG_FUZZ=${1:-20000} WFG_FUZZ_SEED=${2:-1}
full WorkflowGateway.Tests "FullyQualifiedName~FuzzTests"
