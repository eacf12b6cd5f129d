#!/usr/bin/env bash
# Looks for every secret and every body in whatever a gateway tells, logs and keeps, on both stores; then rotates a vendor's credential and the callers' keys 100 times under load;
# then runs all tests of the gateway over HTTP, with whatever their gateways log from Trace on searched for the fixtures' secrets.
# Usage: tests/secrets.sh
. "$(dirname "$0")/full.sh"
[ $# = 0 ] || { echo "usage: tests/secrets.sh" >&2; exit 2; }
dotnet build tests/WorkflowGateway.Tests -c Release -v quiet
echo "$(date '+%F %T'), commit $(git describe --always --dirty)"
dotnet test tests/WorkflowGateway.Tests -c Release --no-build --filter "FullyQualifiedName~Tests.Secrets." --logger "console;verbosity=detailed" | grep -vE "^ +at |base64|planted"
trace=$(mktemp)
trap 'rm -f "$trace"' EXIT
WFG_FULL=0 WFG_TRACE_LOG=$trace dotnet test tests/WorkflowGateway.Tests -c Release --no-build --logger "console;verbosity=minimal" || true
tail -40 "$trace"
tail -1 "$trace" | grep -q ' gateways, [1-9][0-9]* lines, 0 found$'
