#!/usr/bin/env bash
# Every row of the outcome table for every ordered pair of vendors: the second is called exactly where certainly nothing was done at the first.
# Usage: tests/fallback.sh
. "$(dirname "$0")/full.sh"
full WorkflowGateway.Faults "FullyQualifiedName~.Fallback"
