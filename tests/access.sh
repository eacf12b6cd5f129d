#!/usr/bin/env bash
# Revokes 50 keys, one after the other, on three replicas on one PostgreSQL, and says how long one still opened anything.
# Usage: tests/access.sh [keys]
. "$(dirname "$0")/full.sh"
export WFG_REVOCATIONS=${1:-50}
full WorkflowGateway.Tests "FullyQualifiedName~RevocationTests"
