#!/usr/bin/env bash
# Cuts the power, on paper, after thousands of writes and syncs of a traced gateway on SQLite, and looks for what callers had been told. Needs strace.
# Usage: tests/powerloss.sh [points]     4000 unless told otherwise
. "$(dirname "$0")/full.sh"
export WFG_POWERLOSS_POINTS=${1:-4000} WFG_POWERLOSS_STARTS=300
full WorkflowGateway.Faults "FullyQualifiedName~PowerLossTests" -p:Mutants=synchronous-normal
