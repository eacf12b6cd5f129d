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

    internal JsonElement? Json { get; init; }

    public static async ValueTask<CreateKeyBody?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var json = await RequestJson.ReadAsync(context);
        var fields = new Fields(json);
        var body = new CreateKeyBody { Json = json, Role = fields.RequiredText("role", 64), Tenant = fields.Text("tenant", 64), Name = fields.Text("name", KeyEditor.LongestName) };
        fields.Done();
        return body;
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
