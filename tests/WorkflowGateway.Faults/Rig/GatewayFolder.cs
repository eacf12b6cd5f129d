namespace WorkflowGateway.Faults.Rig;

/// <summary>A folder of its own for a gateway: its configuration, its ledger, its keys.</summary>
internal sealed class GatewayFolder : IDisposable
{
    /// <param name="timeout">The connections' timeout; the adapters' own where null.</param>
    /// <param name="store">One of <see cref="Rig.Store.Names"/>.</param>
    public GatewayFolder(string? timeout = null, string store = "sqlite")
    {
        Store = Store.Create(store, Path);
        Directory.CreateDirectory(System.IO.Path.Combine(Path, "config"));
        File.WriteAllText(ConfigPath, Configuration(timeout is null ? "" : $", \"timeout\": \"{timeout}\""));
    }

    public string Path { get; } = Directory.CreateTempSubdirectory("wfg-faults-").FullName;

    public Store Store { get; }

    /// <summary>The SQLite file, where that is the store.</summary>
    public string LedgerPath => System.IO.Path.Combine(Path, "data", "gateway.db");

    /// <summary>Left behind, for whoever looks into what went wrong.</summary>
    public bool Keep { get; set; }

    public string ConfigPath => System.IO.Path.Combine(Path, "config", "gateway.json");

    /// <summary>Takes a connection, and what it served, out of the configuration.</summary>
    public void Remove(string connection)
    {
        var lines = File.ReadAllLines(ConfigPath).Where(line => !line.Contains($"\"adapter\": \"{connection}\"", StringComparison.Ordinal));
        var text = string.Join('\n', lines.Where(line => !line.Contains($"\"connection\": \"{connection}\"", StringComparison.Ordinal)));
        File.WriteAllText(ConfigPath, text);
    }

    public void Edit(Func<string, string> edit) => File.WriteAllText(ConfigPath, edit(File.ReadAllText(ConfigPath)));

    /// <summary>The same, written beside it and renamed over it.</summary>
    public void Replace(string json)
    {
        File.WriteAllText(ConfigPath + ".new", json);
        File.Move(ConfigPath + ".new", ConfigPath, overwrite: true);
    }

    public string[] Arguments(Uri sandbox, string urls) =>
    [
        "--environment", "Development", "--urls", urls, "--Sandbox:Enabled=true", $"--Sandbox:BaseUrl={sandbox.GetLeftPart(UriPartial.Authority)}",
        $"--Gateway:ConfigPath={ConfigPath}", .. Store.Arguments, "--Logging:LogLevel:Default=Error", "--Logging:LogLevel:Microsoft.Hosting.Lifetime=None",
    ];

    public void Dispose()
    {
        Store.Dispose();
        if (!Keep) Directory.Delete(Path, recursive: true);
    }

    // Whatever the vendor, the request says which key and which run it is for: the checker reads both in the vendor's ledger.
    private static string Configuration(string timeout) =>
        $$$"""
        {
          "connections": {
            "juo": { "adapter": "juo", "baseUrl": "${sandbox:juo}/customer/v1", "tenantId": "demo.myshopify.com", "credential": { "value": "sandbox" }{{{timeout}}} },
            "interactly": { "adapter": "interactly", "baseUrl": "${sandbox:interactly}/workflows", "credential": { "value": "sandbox" }{{{timeout}}} },
            "fortanix": { "adapter": "fortanix", "baseUrl": "${sandbox:fortanix}", "credential": { "value": "sandbox" }, "exclusive": true{{{timeout}}} }
          },
          "workflows": {
            {{{Juo("juo", Scenarios.Juo.Skip)}}},
            {{{Juo("juo-asks", Scenarios.Juo.Cancellation)}}},
            {{{Juo("juo-endless", Scenarios.Juo.NeverEnding)}}},
            {{{Interactly("interactly", Scenarios.Interactly.AtOnce)}}},
            {{{Interactly("interactly-asks", Scenarios.Interactly.PatientIntake)}}},
            {{{Interactly("interactly-endless", Scenarios.Interactly.NeverEnding)}}},
            {{{Fortanix("fortanix", Scenarios.Fortanix.TrainModel)}}},
            {{{Fortanix("fortanix-endless", Scenarios.Fortanix.NeverEnding)}}}
          }
        }
        """;

    private static string Juo(string name, string flowType) => Workflow(name, "juo",
        $$$"""{ "flowType": "{{{flowType}}}" }, "input": { "context": { "key": "${input.key}", "run": "${runId}" } }""");

    private static string Interactly(string name, string workflowId) => Workflow(name, "interactly",
        $$$"""{ "workflowId": "{{{workflowId}}}" }, "input": { "dynamicVariables": { "key": "${input.key}", "run": "${runId}" } }""");

    private static string Fortanix(string name, string graphId) => Workflow(name, "fortanix",
        $$$"""
        {
          "graphId": "{{{graphId}}}", "graphVersion": "1", "deployment": { "aciSingleJob": { "clusterId": "2b1f6c1e-9a2b-4c57-8f53-5a2f6f0f7b22" } },
          "runtimeConfigs": { "app": { "deployment": { "aci": { "exposedPorts": [], "envVars": { "KEY": "${input.key}", "RUN": "${runId}" } } } } }
        }
        """);

    private static string Workflow(string name, string connection, string target) =>
        $$"""
        "{{name}}": { "description": "For fault tests.", "routes": [ { "name": "only", "connection": "{{connection}}", "target": {{target}} } ] }
        """;
}
