#!/usr/bin/env bash
# Looks for every secret and every body in whatever a gateway tells, logs and keeps, on both stores; then rotates a vendor's credential and the callers' keys 100 times under load.
# Usage: tests/secrets.sh
. "$(dirname "$0")/full.sh"
[ $# = 0 ] || { echo "usage: tests/secrets.sh" >&2; exit 2; }
dotnet build tests/WorkflowGateway.Tests -c Release -v quiet
echo "$(date '+%F %T'), commit $(git describe --always --dirty)"
dotnet test tests/WorkflowGateway.Tests -c Release --no-build --filter "FullyQualifiedName~Tests.Secrets." --logger "console;verbosity=detailed" | grep -vE "^ +at |base64|planted"
