#!/usr/bin/env bash
# Freezes a replica between the commit of a start and its first byte for three leases, 100 times.
# Usage: tests/frozen.sh [cycles]
. "$(dirname "$0")/full.sh"
export WFG_FROZEN_CYCLES=${1:-100}
full WorkflowGateway.Faults "FullyQualifiedName~FrozenReplicaTests" "-p:Mutants=\"no-send-window;dispatch-at-lease-end\""
