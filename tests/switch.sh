#!/usr/bin/env bash
# Moves two workflows from vendor to vendor 100 times under load, on SQLite and with three replicas on PostgreSQL, then does it with gateways that do it wrong. CI switches 6 times.
# Usage: tests/switch.sh [switches]
. "$(dirname "$0")/full.sh"
export WFG_SWITCHES=${1:-100}
full WorkflowGateway.Faults "FullyQualifiedName~.SwitchTests." "-p:Mutants=\"snapshot-read-twice;steered-at-new-vendor\""
