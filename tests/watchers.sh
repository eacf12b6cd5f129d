#!/usr/bin/env bash
# Many server-sent-event watchers of one gateway: memory, how soon a change reaches all, and whether the others notice when a tenth of them stops reading.
# Usage: tests/watchers.sh [watchers] [changes a phase]     10,000 and 30 unless told otherwise
set -euo pipefail
cd "$(dirname "$0")/.."
[[ ${1:-10000} =~ ^[1-9][0-9]*$ && ${2:-30} =~ ^[1-9][0-9]*$ ]] || { echo "usage: tests/watchers.sh [watchers] [changes a phase]" >&2; exit 2; }
dotnet build -c Release -v quiet --nologo tests/WorkflowGateway.Benchmarks >&2
ulimit -n "$(ulimit -Hn)"
echo "$(date '+%F %T'), commit $(git describe --always --dirty), load $(cut -d' ' -f1 /proc/loadavg)"
# The watchers' sockets go on where they are ready; the gateway runs as it ships.
export DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1
exec tests/WorkflowGateway.Benchmarks/bin/Release/net10.0/WorkflowGateway.Benchmarks watchers "${1:-10000}" "${2:-30}"
