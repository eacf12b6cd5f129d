#!/usr/bin/env bash
# slowhttptest in its four modes (slow headers, slow bodies, ranges, slow reads) against a gateway of its own, while one normal caller starts and reads runs.
# Prints how many of its requests were answered as they should; every start at the vendor has to be one of its.
# Usage: tests/slow.sh [connections] [seconds a mode]      4000 and 240 unless told otherwise
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1
connections=${1:-4000} seconds=${2:-240} rate=$((${1:-4000} / 10))
install() { command -v "$1" >/dev/null || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null; }; }
install slowhttptest slowhttptest
install jq jq
[ -n "${WFG_BUILT:-}" ] || dotnet build src/WorkflowGateway -c Release -v quiet
ulimit -n "$(ulimit -Hn)"

work=$(mktemp -d)
gateway= caller= slow=
finish() {
    for process in $slow $caller $gateway; do kill "$process" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
fail() { echo "FAILED: $*" >&2; tail -5 "$work/log" >&2; exit 1; }

# Without keys: slowhttptest can send none, and whoever has none is not listened to for long.
dotnet "${WFG_BUILT:-src/WorkflowGateway/bin/Release/net10.0}/WorkflowGateway.dll" --environment Development --urls http://127.0.0.1:0 --Storage:Path "$work/gateway.db" --Sandbox:Path "$work/sandbox.jsonl" >"$work/log" 2>&1 &
gateway=$!
for _ in $(seq 240); do
    api=$(sed -n 's/^ *Workflow gateway *//p' "$work/log")
    [ -n "$api" ] && break
    kill -0 "$gateway" 2>/dev/null || fail "it ended"
    sleep 0.5
done
memory() { awk '/VmRSS/ { print int($2 / 1024) " MB" }' "/proc/$gateway/status"; }
ask() { curl -s -m 30 -o "$work/answer" -w '%{http_code} %{time_total}\n' "$@" || true; }
call() {
    while :; do
        ask -H 'Content-Type: application/json' -d '{"workflow":"cancel-subscription","input":{"subscriptionId":"normal"}}' "$api/v1/runs" >>"$work/$1.starts"
        ask "$api/v1/runs/$(jq -r '.id // "none"' "$work/answer")" >>"$work/$1.reads"
        sleep 0.1
    done
}
echo "$(date '+%F %T'), commit $(git describe --always --dirty): $connections connections, $seconds s a mode; the gateway $(memory)"
for mode in headers body range read; do
    case $mode in
        headers) options=(-H -i 10 -t GET -u "$api/v1/runs") ;;
        body) options=(-B -i 10 -s 8192 -t POST -f application/json -u "$api/v1/runs") ;;
        range) options=(-R -a 1000 -b 2000 -t HEAD -u "$api/openapi/v1.json") ;;
        read) options=(-X -w 256 -y 512 -n 5 -z 16 -k 3 -u "$api/openapi/v1.json") ;;
    esac
    call "$mode" &
    caller=$!
    slowhttptest -c "$connections" -r "$rate" -l "$seconds" -p 3 "${options[@]}" >"$work/$mode.txt" 2>&1 &
    slow=$!
    wait "$slow" || true
    slow=
    kill "$caller"
    wait "$caller" 2>/dev/null || true
    caller=
    sed 's/\x1b\[[0-9;]*m//g' "$work/$mode.txt" | grep -E 'connected:|closed:|error:|exit status|service available' | tail -5 | tr -s ' \t\n' ' '
    good() { awk -v want="$2" '$1 == want { n++ } END { printf "%d of %d", n, NR }' "$work/$mode.$1"; }
    p99() { awk '{ print $2 }' "$work/$mode.$1" | sort -n | awk '{ a[NR] = $1 } END { printf "%d ms", 1000 * a[int(NR * 0.99 + 0.5)] }'; }
    echo; echo "$mode: starts $(good starts 201) p99 $(p99 starts), reads $(good reads 200) p99 $(p99 reads), the gateway $(memory)"
    awk '$1 != 201 { exit 1 }' "$work/$mode.starts" || fail "a start in mode $mode was answered with $(awk '$1 != 201 { print $1 }' "$work/$mode.starts" | sort | uniq -c)"
    awk '$1 != 200 { exit 1 }' "$work/$mode.reads" || fail "a read in mode $mode was answered otherwise"
done
made=$(cat "$work"/*.starts | wc -l)
seen=$(grep -c '"operation":"start"' "$work/sandbox.jsonl" || true)
# One may have been cut off with the caller at the end of each mode.
[ "$seen" -ge "$made" ] && [ "$seen" -le $((made + 4)) ] || fail "$seen starts at the vendor, $made made"
! grep -q '"slow"' "$work/sandbox.jsonl" || fail "a slow body reached the vendor"
echo "passed: $seen starts at the vendor, all of them the normal caller's"
