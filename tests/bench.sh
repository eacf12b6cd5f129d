#!/bin/sh
# Measures the gateway side by side with bare servers on this machine. See tests/README.md.
set -e
cd "$(dirname "$0")/.."
dotnet build -c Release -v quiet --nologo tests/WorkflowGateway.Benchmarks >&2
# The load generator's sockets go on where they are ready, without a thread hop; the servers under test run without this.
export DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS=1
exec tests/WorkflowGateway.Benchmarks/bin/Release/net10.0/WorkflowGateway.Benchmarks "$@"
