#!/usr/bin/env bash
# Runs all tests, after checking that the build is clean, the format is kept and generated code is up to date. Installs what is missing.
# Usage: tests/run.sh [filter]     a filter is passed to dotnet test --filter
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
# The build server of an earlier run may hold files of another checkout.
export MSBUILDDISABLENODEREUSE=1

step() { printf '\n== %s  [%s]\n' "$1" "$(date +%T)"; }

install() {
  command -v "$1" >/dev/null && return
  step "Install $2"
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null
}

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is missing; README.md says where it comes in." >&2; exit 1; }
install npm npm
# Debian's package would start a server of its own; the tests start theirs.
[ -d /usr/lib/postgresql ] || { mkdir -p /etc/postgresql-common && echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf; }
[ -n "$(ls /usr/lib/postgresql/*/bin/initdb 2>/dev/null)" ] || install initdb postgresql
install strace strace
install setpriv util-linux
install ip iproute2
# Its promtool judges the metrics and the alert rules. Debian's package would start a server of its own: not in this runlevel.
RUNLEVEL=1 install promtool prometheus
install systemd-analyze systemd

step "Restore"
dotnet restore WorkflowGateway.sln --locked-mode
step "Build (warnings are errors)"
dotnet build WorkflowGateway.sln --no-restore -c Release -v minimal
# Beside the first tests: it takes a minute of one core and changes nothing.
style=$(mktemp)
dotnet format WorkflowGateway.sln --no-restore --verify-no-changes >"$style" 2>&1 &
formatting=$!
log=$(mktemp)
faults=
# What fails here under -e would be the exit code of the whole run.
trap 'kill -- "$formatting" ${faults:+"-$faults"} 2>/dev/null || true; rm -f "$log" "$style"' EXIT
step "Generated code"
tests/generate.sh --check

step "Test"
run() {
  echo "-- $(basename "$1" .csproj)"
  dotnet test "$1" --no-build -c Release --logger "console;verbosity=minimal" ${filter:+--filter "$filter"} 2>&1 | tee -a "$log"
}
filter=${1:-} status=0
# The faults wait most of their time, for vendors and databases to come back: beside the others. A process group of their own, to end with this one.
set -m
run tests/WorkflowGateway.Faults/WorkflowGateway.Faults.csproj </dev/null &
faults=$!
set +m
for project in tests/*/*.Tests.csproj; do run "$project" || status=1; done
wait "$faults" || status=1
faults=

sum() { grep -oE "$1: +[0-9]+, " "$log" | grep -oE '[0-9]+' | awk '{ n += $1 } END { print n + 0 }'; }
passed=$(sum Passed)
failed=$(sum Failed)
skipped=$(sum Skipped)
# A runner that died counts as a failure, whatever it had counted before.
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || failed=1
step "Format"
wait "$formatting" || { cat "$style"; failed=$((failed + 1)); }
echo
[ "$skipped" -eq 0 ] || echo "$skipped left out: they belong to the full forms of the proofs (tests/README.md)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
