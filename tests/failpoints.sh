#!/usr/bin/env bash
# Lets a gateway die at each named place of a start (tests/mutants/failpoints.patch), at each vendor and on each store.
# Usage: tests/failpoints.sh [--store sqlite|postgres]
. "$(dirname "$0")/full.sh"
store "$@"
full WorkflowGateway.Faults "FullyQualifiedName~FailpointTests"
