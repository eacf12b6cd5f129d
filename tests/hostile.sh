#!/usr/bin/env bash
# Gives each adapter a million mutated recordings over real HTTP.
# Usage: tests/hostile.sh [bodies]     for each adapter; WFG_HOSTILE_SEED draws others
. "$(dirname "$0")/full.sh"
export WFG_HOSTILE_BODIES=${1:-1000000}
full WorkflowGateway.Adapters.Tests "FullyQualifiedName~HostileBodyTests"
