#!/usr/bin/env bash
# Asks three replicas on one PostgreSQL for 1,000 keys, eight callers a key at once.
# Usage: tests/replicas.sh [keys]
. "$(dirname "$0")/full.sh"
export WFG_REPLICA_KEYS=${1:-1000}
full WorkflowGateway.Faults "FullyQualifiedName~SameKeyTests" -p:Mutants=keys-not-claimed
