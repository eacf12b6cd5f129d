#!/usr/bin/env bash
# Regenerates with NSwag: adapters/*/Requests.g.cs from adapters/*/openapi.json, and the client's Api.g.cs from the gateway's own description.
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
# Every package with its version: other tests use those that are not nswag.
pinned() { node -p "Object.entries(require('./$1').packages).filter(([name]) => name).map(([name, one]) => name + one.version).sort().join()" 2>/dev/null; }
if [ "$(pinned $tools/node_modules/.package-lock.json)" != "$(pinned $tools/package-lock.json)" ]; then
    (cd $tools && npm ci --no-audit --no-fund --loglevel=error)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# NSwag's types for $work/openapi.json, in the namespace given, as $work/types.cs.
types() {
    dotnet "$nswag" openapi2csclient "/input:$work/openapi.json" "/output:$work/nswag.cs" "/namespace:$1" "${@:2}" \
        /GenerateClientClasses:false /GenerateExceptionClasses:false /GenerateResponseClasses:false \
        /JsonLibrary:SystemTextJson /AnyType:System.Text.Json.JsonElement /ClassStyle:Poco /GenerateDataAnnotations:false \
        /GenerateNullableReferenceTypes:true /GenerateOptionalPropertiesAsNullable:true > "$work/log" ||
        { cat "$work/log" >&2; exit 1; }
    # One line ending and one final newline, whatever the platform that generated it.
    tr -d '\r' < "$work/nswag.cs" | sed -e 's/[[:space:]]*$//' -e '1s/^\xef\xbb\xbf//' | sed -e '$a\' > "$work/types.cs"
}

# Writes $work/types.cs to the file given, or compares the two.
deliver() {
    if ! $check; then
        cp "$work/types.cs" "$1"
        echo "$1"
    elif ! diff -u "$1" "$work/types.cs" >&2; then
        echo "$1 is not what NSwag makes of $2: run tests/generate.sh" >&2
        failed=1
    fi
}

for api in adapters/*/openapi.json; do
    folder=$(dirname "$api")
    node $tools/request-schemas.mjs "$api" > "$work/openapi.json"
    types "WorkflowGateway.Adapters.$(basename "$folder")" /typeAccessModifier:internal /UseRequiredKeyword:true
    deliver "$folder/Requests.g.cs" "$api"
done

# Only what the client uses; names that would clash in C#; no bag for unknown members in every record; anything at all as JsonElement itself,
# and so the data of events, of which later types may have other data.
client_schemas() {
    node -e '
        const { openapi, info, components: { schemas } } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
        const names = { Action: "RunAction", Event: "RunEvent", Route: "RunRoute", Waiting: "OpenInteraction" };
        const kept = {};
        delete schemas.Event.properties.data.$ref;
        const mend = node => {
            if (node === null || typeof node !== "object") return;
            const name = typeof node.$ref === "string" ? node.$ref.split("/").pop() : null;
            if (name === "JsonElement") delete node.$ref;
            else if (name !== null) node.$ref = "#/components/schemas/" + keep(name);
            Object.values(node).forEach(mend);
        };
        const keep = name => {
            const own = names[name] ?? name;
            if (own in kept) return own;
            if (!(name in schemas)) throw new Error("no schema " + name);
            kept[own] = { additionalProperties: false, ...schemas[name] };
            mend(kept[own]);
            return own;
        };
        process.argv.slice(2).forEach(keep);
        console.log(JSON.stringify({ openapi, info, paths: {}, components: { schemas: kept } }));
    ' "$@"
}
api=src/WorkflowGateway/openapi.v1.json
client_schemas $api StartBody RespondBody DataBody ResumeBody EmptyBody RunList WaitingList EventList RunChange Problem > "$work/openapi.json"
types WorkflowGateway.Client /GenerateNativeRecords:true \
    /ArrayType:System.Collections.Generic.IReadOnlyList /DictionaryType:System.Collections.Generic.IReadOnlyDictionary
# Sealed and immutable; bodies and pages are the client's own business.
sed -i -e 's/public partial record \([A-Za-z]*\(Body\|List\)\)$/internal sealed partial record \1/' \
    -e 's/public partial record/public sealed partial record/' -e 's/{ get; set; }/{ get; init; }/' "$work/types.cs"
deliver src/WorkflowGateway.Client/Api.g.cs $api
exit $failed
