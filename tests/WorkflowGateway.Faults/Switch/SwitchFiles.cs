using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using WorkflowGateway.Catalog;
using WorkflowGateway.Faults.Fallback;
using WorkflowGateway.Faults.Rig;

namespace WorkflowGateway.Faults.Switch;

/// <summary>The configuration files of an operator who moves two workflows from one vendor to another and back, and who serves what by which of them.</summary>
internal sealed class SwitchFiles(Uri north, Uri south)
{
    /// <summary>Waits for an answer.</summary>
    public const string Asks = "asks";

    /// <summary>Goes on until it is stopped.</summary>
    public const string Works = "works";

    private readonly ConcurrentDictionary<string, (string Asks, string Works)> _vendors = new();

    public int Count => _vendors.Count;

    /// <summary>The workflow's vendor by the file written last.</summary>
    public (string Asks, string Works) Last { get; private set; }

    /// <summary>Which vendor serves a workflow by a revision; null for one that was never written.</summary>
    public string? VendorOf(string revision, string workflow) =>
        _vendors.TryGetValue(revision, out var vendors) ? workflow == Asks ? vendors.Asks : vendors.Works : null;

    /// <summary>Another file, and its revision.</summary>
    public (string Json, string Revision) Make(int number)
    {
        var (asks, works) = number % 2 == 0 ? ("juo", "interactly") : ("interactly", "fortanix");
        var json = FallbackConfig.Join(
            [FallbackConfig.Connection("juo", "juo", Host(north)), FallbackConfig.Connection("fortanix", "fortanix", Host(north)), FallbackConfig.Connection("interactly", "interactly", Host(south))],
            [Workflow(Asks, number, asks, asks == "juo" ? Scenarios.Juo.Cancellation : Scenarios.Interactly.PatientIntake), Workflow(Works, number, works, null)]);
        var revision = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Bytes(JsonElement.Parse(json))));
        _vendors[revision] = Last = (asks, works);
        return (json, revision);
    }

    /// <summary>Writes it as editors do: in place, or beside it and renamed over it.</summary>
    public static void Write(GatewayFolder folder, string json, bool inPlace)
    {
        if (inPlace) folder.Edit(_ => json);
        else folder.Replace(json);
    }

    private static string Host(Uri vendors) => vendors.GetLeftPart(UriPartial.Authority);

    private static string Workflow(string name, int number, string vendor, string? target) =>
        $$"""  "{{name}}": { "description": "File {{number}}.", "routes": [ {{FallbackConfig.Route($"to-{vendor}", vendor, vendor, target: target)}} ] }""";
}
