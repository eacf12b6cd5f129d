#!/usr/bin/env bash
# Lets vendors take starts and not say so, in nine ways, at three vendors, 50 of each, on each store; then the same with gateways that send again.
# Usage: tests/ambiguous.sh [starts]
. "$(dirname "$0")/full.sh"
export WFG_AMBIGUOUS_EACH=${1:-50}
full WorkflowGateway.Faults "FullyQualifiedName~SilentVendorTests" "-p:Mutants=\"retrying-handler;body-less-post;caller-cuts-off\""
