#!/usr/bin/env bash
# Regenerates adapters/*/Requests.g.cs from adapters/*/openapi.json with NSwag.
# With --check nothing is written; a file that differs from its description fails the run.
set -euo pipefail
cd "$(dirname "$0")/.."

check=false
case "${1:-}" in
    "") ;;
    --check) check=true ;;
    *) echo "usage: tests/generate.sh [--check]" >&2; exit 2 ;;
esac

tools=tests/tools
nswag=$tools/node_modules/nswag/bin/binaries/Net100/dotnet-nswag.dll
pinned() { node -p "require('./$1').packages['node_modules/nswag'].version" 2>/dev/null; }
if [ "$(pinned $tools/node_modules/.package-lock.json)" != "$(pinned $tools/package-lock.json)" ]; then
    (cd $tools && npm ci --no-audit --no-fund --loglevel=error)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
for api in adapters/*/openapi.json; do
    folder=$(dirname "$api")
    node $tools/request-schemas.mjs "$api" > "$work/openapi.json"
    dotnet "$nswag" openapi2csclient "/input:$work/openapi.json" "/output:$work/Requests.cs" \
        "/namespace:WorkflowGateway.Adapters.$(basename "$folder")" /typeAccessModifier:internal \
        /GenerateClientClasses:false /GenerateExceptionClasses:false /GenerateResponseClasses:false \
        /JsonLibrary:SystemTextJson /AnyType:System.Text.Json.JsonElement /ClassStyle:Poco /GenerateDataAnnotations:false /UseRequiredKeyword:true \
        /GenerateNullableReferenceTypes:true /GenerateOptionalPropertiesAsNullable:true > "$work/log" ||
        { cat "$work/log" >&2; exit 1; }
    # One line ending and one final newline, whatever the platform that generated it.
    tr -d '\r' < "$work/Requests.cs" | sed -e 's/[[:space:]]*$//' -e '1s/^\xef\xbb\xbf//' | sed -e '$a\' > "$work/Requests.g.cs"
    if ! $check; then
        cp "$work/Requests.g.cs" "$folder/Requests.g.cs"
        echo "$folder/Requests.g.cs"
    elif ! diff -u "$folder/Requests.g.cs" "$work/Requests.g.cs" >&2; then
        echo "$folder/Requests.g.cs is not what NSwag makes of $api: run tests/generate.sh" >&2
        failed=1
    fi
done
exit $failed
