#!/usr/bin/env bash
# Webhooks out, in full: receivers that hang, fail, answer slowly, redirect and vanish while the gateway is killed with kill -9 every 20 seconds, on each store (two
# replicas on PostgreSQL); 1,000 signatures judged by standardwebhooks and svix; names whose answers change, 1,000 times; and the gateways with a fault that these must catch.
# Usage: tests/webhooks.sh [--store sqlite|postgres] [kills]     15 kills a store unless told otherwise
. "$(dirname "$0")/full.sh"
store "$@"
[ "${1:-}" != --store ] || shift 2
[[ ${1:-15} =~ ^[1-9][0-9]*$ ]] || { echo "usage: tests/webhooks.sh [--store sqlite|postgres] [kills]" >&2; exit 2; }
export WFG_WEBHOOK_KILLS=${1:-15} WFG_WEBHOOK_SECONDS=20 WFG_SIGNATURES=1000 WFG_REBINDING_TRIES=1000
[ -d tests/tools/node_modules/svix ] || (cd tests/tools && npm ci --no-audit --no-fund --loglevel=error)
full WorkflowGateway.Faults "FullyQualifiedName~WebhookKillTests|FullyQualifiedName~WebhookSignatureTests|FullyQualifiedName~WebhookRebindingTests" "-p:Mutants=\"cursor-first;second-lookup\""
