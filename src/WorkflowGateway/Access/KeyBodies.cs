using System.ComponentModel;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using WorkflowGateway.Api;
using WorkflowGateway.Ledger;

namespace WorkflowGateway.Access;

/// <summary>A new API key.</summary>
public sealed record CreateKeyBody : IBindableFromHttpContext<CreateKeyBody>
{
    [Description("What it may do: viewer, caller or operator. No more than the key that asks.")]
    public required string Role { get; init; }

    [Description("The tenant whose rows it sees, * for all. Default: that of the key that asks; required where that is *.")]
    public string? Tenant { get; init; }

    [Description("For people: who has it, what for. 200 characters at most.")]
    public string? Name { get; init; }

    [Description("The workflows that it is for: others' runs do not exist for it, and what concerns all workflows is closed to it. Default: all. 100 at most.")]
    public IReadOnlyList<string>? Workflows { get; init; }

    [Description("The operations that it is for, below its role: start, get, list, respond, data, pause, resume, stop, logs; resolve, connections, plan, webhooks, keys, metrics, native, audit. Default: all.")]
    public IReadOnlyList<string>? Operations { get; init; }

    [Description("What differs for it from the limits of the settings. No more than the key that asks has of its own, which is also the default.")]
    public KeyLimits? Limits { get; init; }

    internal JsonElement? Json { get; init; }

    internal NewKey Asked => new(Role, Tenant, Name) { Grants = new Grants(Workflows, Operations), Limits = Limits?.Of };

    public static async ValueTask<CreateKeyBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var json = await RequestJson.ReadAsync(context);
        var fields = new Fields(json);
        var body = new CreateKeyBody
        {
            Json = json,
            Role = fields.RequiredText("role", 64),
            Tenant = fields.Text("tenant", 64),
            Name = fields.Text("name", KeyEditor.LongestName),
            Workflows = Words(fields, "workflows"),
            Operations = Words(fields, "operations"),
            Limits = KeyLimits.Read(fields),
        };
        fields.Done();
        return body;
    }

    private static List<string>? Words(Fields fields, string name)
    {
        if (fields.Any(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)) return [.. value.EnumerateArray().Select(one => one.GetString()!)];
        fields.Wrong("/" + name, "Must be an array of strings.");
        return null;
    }
}

/// <summary>How much a key may ask for over all replicas: what is absent is as the settings say, or as the key that asks has it.</summary>
public sealed record KeyLimits
{
    private static readonly string[] Numbers = ["rate", "burst", "concurrency", "watchers"];

    [Description("Requests per second, in the long run: 0.001 at least, 0 is no limit.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Rate { get; init; }

    [Description("Requests at once after a quiet time: 1 at least. Default: those of two seconds at this rate.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Burst { get; init; }

    [Description("Requests that are being answered at the same time; 0 is no limit.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Concurrency { get; init; }

    [Description("Streams and waits at the same time; 0 is no limit.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Watchers { get; init; }

    internal CallLimits Of => new() { Rate = Rate, Burst = Burst, Concurrency = Concurrency, Watchers = Watchers };

    internal static KeyLimits? From(CallLimits? limits) =>
        limits is null ? null : new KeyLimits { Rate = limits.Rate, Burst = limits.Burst, Concurrency = limits.Concurrency, Watchers = limits.Watchers };

    internal static KeyLimits? Read(Fields fields)
    {
        if (fields.Object("limits") is not { } json) return null;
        foreach (var member in json.EnumerateObject())
        {
            var whole = member.Name != "rate";
            if (!Numbers.Contains(member.Name)) fields.Wrong(Catalog.JsonPointer.Below("/limits", member.Name), $"Is not a member here. {Catalog.Suggestion.For(member.Name, Numbers)}");
            else if (member.Value.ValueKind != JsonValueKind.Number || (whole && !member.Value.TryGetInt64(out _))) fields.Wrong("/limits/" + member.Name, whole ? "Must be a whole number." : "Must be a number.");
        }

        long? Whole(string name) => json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
        var rate = json.TryGetProperty("rate", out var given) && given.ValueKind == JsonValueKind.Number ? given.GetDouble() : (double?)null;
        return new KeyLimits { Rate = rate, Burst = Whole("burst"), Concurrency = Whole("concurrency"), Watchers = Whole("watchers") };
    }
}

/// <summary>An API key of the ledger.</summary>
internal sealed record KeyView
{
    [Description("Its middle part, and the name under which it acts.")]
    public required string Id { get; init; }

    [Description("viewer, caller or operator.")]
    public required string Role { get; init; }

    [Description("The tenant whose rows it sees; * for all.")]
    public required string Tenant { get; init; }

    [Description("What people call it. Null where nobody said.")]
    public required string? Name { get; init; }

    [Description("The workflows that it is for. Null for all.")]
    public required IReadOnlyList<string>? Workflows { get; init; }

    [Description("The operations that it is for. Null for all that its role may.")]
    public required IReadOnlyList<string>? Operations { get; init; }

    [Description("What differs for it from the limits of the settings. Null where nothing does.")]
    public required KeyLimits? Limits { get; init; }

    [Description("When it was made.")]
    public required DateTime CreatedAt { get; init; }

    [Description("Since when it opens nothing. Null while it is in force.")]
    public required DateTime? RevokedAt { get; init; }

    [Description("The key itself: wfg_, id, secret and checksum. Only in the answer to the request that made it.")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    public static KeyView Of(ApiKeyRow row) => new()
    {
        Id = row.Id,
        Role = row.Role,
        Tenant = row.Tenant,
        Name = row.Name,
        Workflows = row.Grants.Workflows,
        Operations = row.Grants.Operations,
        Limits = KeyLimits.From(row.CallLimits),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt).UtcDateTime,
        RevokedAt = row.RevokedAt is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at).UtcDateTime : null,
    };
}

/// <summary>A page of API keys.</summary>
/// <param name="Keys">Newest first.</param>
/// <param name="NextPageToken">The pageToken of the next page. Left out at the end.</param>
internal sealed record KeyList(
    IReadOnlyList<KeyView> Keys,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? NextPageToken);
