#!/usr/bin/env bash
# Kills a gateway under load with kill -9, again and again, and checks that no start was lost or sent twice. CI does 25 cycles; this is the full form.
# Usage: tests/kill.sh [cycles]          200 unless told otherwise; WFG_KILL_SEED repeats what an earlier run drew
set -euo pipefail
cd "$(dirname "$0")/.."
cycles=${1:-200}
[[ $cycles =~ ^[1-9][0-9]*$ ]] || { echo "usage: tests/kill.sh [cycles]" >&2; exit 2; }
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

dotnet build tests/WorkflowGateway.Faults -c Release -v quiet
log=$(mktemp)
tail -n +1 -f "$log" &
tail=$!
trap 'kill "$tail"; rm -f "$log"' EXIT
status=0
WFG_KILL_CYCLES=$cycles WFG_KILL_LOG=$log dotnet test tests/WorkflowGateway.Faults -c Release --no-build \
    --filter "FullyQualifiedName~KillTests" --logger "console;verbosity=minimal" || status=$?
exit "$status"
