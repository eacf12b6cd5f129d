using System.Security.Cryptography;
using System.Text;

namespace WorkflowGateway.Benchmarks;

/// <summary>A folder with the gateway's configuration and everybody's data, gone afterwards, and the requests to send.</summary>
internal sealed class Scene : IDisposable
{
    private const string Key = "wfg_bench_0123456789abcdef0123456789abcdef";
    private const string WorkflowId = "5eb7cf5a86d9755df3a6c593";

    public string Folder { get; } = Directory.CreateTempSubdirectory("wfg-bench-").FullName;

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>The arguments of the gateway, which finds its configuration in the folder it runs in.</summary>
    public string[] GatewayArguments(Uri vendor)
    {
        Directory.CreateDirectory(At("config"));
        File.WriteAllText(At("config/gateway.json"), $$"""
            {
              "connections": {
                "interactly": {
                  "adapter": "interactly", "baseUrl": "{{vendor}}", "credential": { "value": "bench" }, "concurrency": 512, "tenants": [ "default" ],
                  // Runs are started and read here, not polled.
                  "poll": { "min": "1h", "max": "2h" }, "staleAfter": "1d"
                }
              },
              "workflows": {
                "patient-intake": {
                  "description": "A start with one input that is checked.",
                  "inputSchema": { "type": "object", "required": [ "name" ], "properties": { "name": { "type": "string" } } },
                  "example": { "name": "Ada" },
                  "routes": [ { "name": "interactly", "connection": "interactly", "target": { "workflowId": "{{WorkflowId}}" }, "input": { "dynamicVariables": "${input}" } } ]
                }
              }
            }
            """);
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(Key)));
        return
        [
            "gateway", "--urls=http://127.0.0.1:0", "--Storage:Path=" + At("gateway.db"),
            "--Access:Mode=keys", "--Access:Limits:Key:Rate=1000000", "--Access:Limits:Tenant:Rate=1000000", "--Access:Keys:0:Id=bench", "--Access:Keys:0:Sha256=" + hash, "--Access:Keys:0:Role=operator", "--Access:Keys:0:Tenant=default",
        ];
    }

    /// <summary>A start, as a caller of the gateway sends it.</summary>
    public static byte[] Start(string? idempotencyKey = null) => Post(
        "/v1/runs", """{"workflow":"patient-intake","input":{"name":"Ada Lovelace"},"correlationId":"order-4711"}""",
        idempotencyKey is null ? "" : $"Idempotency-Key: {idempotencyKey}\r\n");

    /// <summary>The same start, as the gateway sends it to the vendor.</summary>
    public static byte[] VendorStart() => Post("/v1/workflow-runs", $$"""
        { "dynamic_variables": { "name": "Ada Lovelace" },
          "miscellaneous": { "workflowGateway": { "runId": "run_00000000000000000000000000000000", "attemptId": "00000000000000000000000000000000" } },
          "command": "start", "workflow_id": "{{WorkflowId}}", "thread_to_node_inputs": { "0": { "node_run_inputs": [] } } }
        """, "");

    /// <summary>A read of the vendor's own API, below a prefix.</summary>
    public static byte[] NativeRead(string prefix) => Get(prefix + "/v1/workflow-runs?workflow_id=" + WorkflowId);

    /// <summary>A post of 1 KiB to the vendor's own API, below a prefix.</summary>
    public static byte[] NativePost(string prefix) => Post(prefix + "/v1/things", $$"""{"text":"{{new string('a', 1024 - 11)}}"}""", "");

    /// <summary>A watcher of all runs. Of an old version of HTTP: without chunks between the lines.</summary>
    public static byte[] Watch(long? after = null) => Encoding.ASCII.GetBytes(
        $"GET /v1/events{(after is null ? "" : $"?after={after}")} HTTP/1.0\r\nHost: localhost\r\nAccept: text/event-stream\r\nAuthorization: Bearer {Key}\r\n\r\n");

    public static byte[] Read(string runId) => Get("/v1/runs/" + runId);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static byte[] Get(string path) => Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nAuthorization: Bearer {Key}\r\n\r\n");

    private static byte[] Post(string path, string body, string headers) => Encoding.ASCII.GetBytes(
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\nAuthorization: Bearer {Key}\r\n{headers}Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
}
