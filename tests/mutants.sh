#!/usr/bin/env bash
# Puts one fault after the other into the gateway (tests/mutants) and runs the proof that looks for it: each must fail. Prints "caught k of k".
# The rigs that start the gateway as a process look for their mutants themselves: kill, failpoints, powerloss, ambiguous, replicas, frozen, respond.
# Usage: tests/mutants.sh [NAME]...
. "$(dirname "$0")/full.sh"
unset WFG_FULL

# mutant | test project | tests that must fail
table='
guard-by-id|WorkflowGateway.Tests|FullyQualifiedName~LedgerTests
no-fence|WorkflowGateway.Tests|FullyQualifiedName~LedgerTests
jumping-clock|WorkflowGateway.Tests|FullyQualifiedName~SteadyTimeTests
events-taken-twice|WorkflowGateway.Faults|FullyQualifiedName~VendorEventTests.A_replayed_event
first-secret-only|WorkflowGateway.Faults|FullyQualifiedName~VendorEventTests.Both_secrets
unsigned-time-believed|WorkflowGateway.Faults|FullyQualifiedName~VendorEventTests.A_replayed_event
body-believed|WorkflowGateway.Faults|FullyQualifiedName~VendorEventTests.What_a_body_says
vendor-clock-orders|WorkflowGateway.Faults|FullyQualifiedName~ClockTests&DisplayName~vendorHoursAhead: -2
cursor-first|WorkflowGateway.Tests|FullyQualifiedName~WebhookQueueTests
no-webhook-fence|WorkflowGateway.Tests|FullyQualifiedName~LedgerTests.A_webhook_is_held
redirect-followed|WorkflowGateway.Tests|FullyQualifiedName~WebhookDeliveryTests.A_redirect
tail-taken-for-log|WorkflowGateway.Tests|FullyQualifiedName~WebhookTakeoverTests
shared-limiter|WorkflowGateway.Faults|FullyQualifiedName~SlowVendorTests.A_vendor_that_holds
one-poll-loop|WorkflowGateway.Faults|FullyQualifiedName~SlowVendorTests.While_a_vendor
await-all-batch|WorkflowGateway.Faults|FullyQualifiedName~SlowVendorTests.While_a_run
falls-back-on-doubt|WorkflowGateway.Faults|FullyQualifiedName~FallbackOutcomeTests
no-watermark|WorkflowGateway.Tests|FullyQualifiedName~EventGapTests
counted-cursor|WorkflowGateway.Tests|FullyQualifiedName~EventStreamTests.Every_change
plan-draws-anew|WorkflowGateway.Tests|FullyQualifiedName~PlanTruthTests
plan-unchecked|WorkflowGateway.Tests|FullyQualifiedName~PlanTruthTests
plan-one-tenant|WorkflowGateway.Tests|FullyQualifiedName~PlanTruthTests
no-tick|WorkflowGateway.Tests|FullyQualifiedName~EventStreamTests.Who_waits
config-taken-unread|WorkflowGateway.Tests|FullyQualifiedName~LiveCatalogTests.A_file_that_cannot
config-cleared-on-failure|WorkflowGateway.Tests|FullyQualifiedName~LiveCatalogTests.A_file_that_cannot
half-written-judged|WorkflowGateway.Tests|FullyQualifiedName~LiveCatalogTests.A_file_that_is_being_written
runner-ends-at-once|WorkflowGateway.Tests|FullyQualifiedName~RunnerRegistryTests.A_runner_ends
limits-forgotten|WorkflowGateway.Tests|FullyQualifiedName~RunnerRegistryTests
loops-not-followed|WorkflowGateway.Tests|FullyQualifiedName~ChangedConnectionTests.A_connection_that_is_new
tenant-forgotten|WorkflowGateway.Tests|FullyQualifiedName~AccessMatrixTests.What_belongs
role-forgotten|WorkflowGateway.Tests|FullyQualifiedName~AccessMatrixTests
grants-not-in-events|WorkflowGateway.Tests|FullyQualifiedName~GrantTests.Lists
any-audience|WorkflowGateway.Tests|FullyQualifiedName~TokenTests.A_token
keyless-stays|WorkflowGateway.Tests|FullyQualifiedName~AccessTests.Keyless_serves
watchers-as-calls|WorkflowGateway.Tests|FullyQualifiedName~LimitTests
heartbeat-without-id|WorkflowGateway.Tests|FullyQualifiedName~EventStreamTests.A_heartbeat
native-any-header|WorkflowGateway.Tests|FullyQualifiedName~NativeHeaderTests
native-decoded-path|WorkflowGateway.Tests|FullyQualifiedName~NativePathTests
native-null-content|WorkflowGateway.Tests|FullyQualifiedName~NativeCallTests.A_request_without_a_body
native-any-tenant|WorkflowGateway.Tests|FullyQualifiedName~NativeAccessTests
edge-no-check|WorkflowGateway.Tests|FullyQualifiedName~Rfc9112Tests|FullyQualifiedName~EdgeTests.What_is_refused
edge-any-host|WorkflowGateway.Tests|FullyQualifiedName~EdgeTests.A_name
edge-head-405|WorkflowGateway.Tests|FullyQualifiedName~EdgeTests.HEAD
edge-no-places|WorkflowGateway.Tests|FullyQualifiedName~OverloadTests.Who|FullyQualifiedName~OverloadTests.Large
run-id-label|WorkflowGateway.Tests|FullyQualifiedName~MetricsTests
trace-always-told|WorkflowGateway.Tests|FullyQualifiedName~TraceTests.A_vendor
no-zeros|WorkflowGateway.Tests|FullyQualifiedName~ZeroSeriesTests
seal-off|WorkflowGateway.Tests|FullyQualifiedName~CanaryTests
credential-logged|WorkflowGateway.Tests|FullyQualifiedName~CanaryTests
credential-in-span|WorkflowGateway.Tests|FullyQualifiedName~CanaryTests
echo-told|WorkflowGateway.Tests|FullyQualifiedName~CanaryTests
input-in-exception|WorkflowGateway.Tests|FullyQualifiedName~CanaryTests
audit-forgotten|WorkflowGateway.Tests|FullyQualifiedName~AuditTests
audit-with-payload|WorkflowGateway.Tests|FullyQualifiedName~AuditTests.Who_started
'
dotnet build tests/WorkflowGateway.Tests -c Release -v quiet
dotnet build tests/WorkflowGateway.Adapters.Tests -c Release -v quiet
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
caught=0 tried=0
while IFS='|' read -r name project filter; do
    [ -n "$name" ] || continue
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    tried=$((tried + 1))
    dotnet build tests/WorkflowGateway.Faults -c Release -v quiet "-p:Mutants=$name" >"$work/log" || { cat "$work/log"; exit 1; }
    rm -rf "$work/bin"
    cp -r "tests/$project/bin/Release/net10.0" "$work/bin"
    for assembly in WorkflowGateway WorkflowGateway.Abstractions; do
        [ ! -f "$work/bin/$assembly.dll" ] || cp "src/$assembly/bin/mutants/$name/Release/net10.0/$assembly.dll" "$work/bin/"
    done
    if dotnet vstest "$work/bin/$project.dll" "--TestCaseFilter:$filter" >"$work/log" 2>&1; then
        echo "$name: NOT caught by $filter"
    else
        grep -q 'Failed:' "$work/log" || { cat "$work/log"; exit 1; }
        echo "$name: caught, $(grep -oE ' Failed: *[0-9]+' "$work/log" | tail -1 | tr -s ' ' | sed 's/^ //') of $(grep -oE 'Total tests: *[0-9]+|Total: *[0-9]+' "$work/log" | tail -1 | grep -oE '[0-9]+') tests"
        caught=$((caught + 1))
    fi
done <<<"$table"
echo "caught $caught of $tried"
[ "$caught" -eq "$tried" ]
