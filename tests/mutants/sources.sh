#!/usr/bin/env bash
# Copies the gateway's sources to a folder and puts one fault in: tests/mutants/NAME.patch. Fails where the patch no longer applies exactly.
# Usage: tests/mutants/sources.sh NAME FOLDER
set -euo pipefail
name=$1 folder=$2
here=$(cd "$(dirname "$0")" && pwd)
new=$folder.new
rm -rf "$new"
mkdir -p "$new/src"
(cd "$here/../../src" && find WorkflowGateway WorkflowGateway.Abstractions -name '*.cs' -not -path '*/obj/*' -not -path '*/bin/*' -print0 |
    xargs -0 cp --parents -t "$new/src")
# Within a checkout git would leave out, without a word, what lies elsewhere. A patch may stand on another: "On top of NAME." in its first line.
apply() {
    local base
    base=$(sed -n '1s/.*On top of \([a-z-]*\)\..*/\1/p' "$here/$1.patch")
    [ -z "$base" ] || apply "$base"
    (cd "$new" && GIT_CEILING_DIRECTORIES=$(dirname "$new") git apply --whitespace=nowarn "$here/$1.patch") ||
        { echo "tests/mutants/$1.patch no longer applies: make it anew" >&2; exit 1; }
}
apply "$name"
# Untouched when nothing changed, so that nothing is compiled again.
if diff -rq "$folder" "$new" >/dev/null 2>&1; then rm -rf "$new"; else rm -rf "$folder"; mv "$new" "$folder"; fi
