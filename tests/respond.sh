#!/usr/bin/env bash
# Answers 500 questions eight times at once, on each store.
# Usage: tests/respond.sh [questions]
. "$(dirname "$0")/full.sh"
export WFG_QUESTIONS=${1:-500}
full WorkflowGateway.Faults "FullyQualifiedName~RespondRaceTests" -p:Mutants=two-winners
