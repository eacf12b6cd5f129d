# For the scripts beside it: runs the full form of one proof and prints its figures as they come.
# Usage: . tests/full.sh; full PROJECT FILTER [BUILD OPTION]...
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 MSBUILDDISABLENODEREUSE=1 WFG_FULL=1

full() {
    local project=$1 filter=$2 status=0 tail
    dotnet build "tests/$project" -c Release -v quiet "${@:3}"
    echo "$(date '+%F %T'), commit $(git describe --always --dirty)"
    WFG_LOG=$(mktemp)
    export WFG_LOG
    tail -n +1 -f "$WFG_LOG" &
    tail=$!
    dotnet test "tests/$project" -c Release --no-build --filter "$filter" --logger "console;verbosity=minimal" || status=$?
    kill "$tail"
    rm -f "$WFG_LOG"
    return "$status"
}

# Takes --store sqlite|postgres out of the arguments; without it a proof runs on both.
store() {
    [ "${1:-}" = --store ] || return 0
    case "${2:-}" in sqlite | postgres) export WFG_STORE=$2 ;; *) echo "--store sqlite or postgres" >&2; exit 2 ;; esac
}
