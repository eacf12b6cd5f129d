using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Api;

/// <summary>Where the next page begins, opaque to callers and bound to the filters of the list.</summary>
internal static class PageToken
{
    private const int HashLength = 8;
    private const int MaxLength = 1024;

    public static string Make(string cursor, string filters) =>
        Base64Url.EncodeToString([.. Hash(filters), .. Encoding.UTF8.GetBytes(cursor)]);

    public static string Read(string token, string filters)
    {
        var bytes = token.Length is 0 or > MaxLength || !Base64Url.IsValid(token) ? [] : Base64Url.DecodeFromChars(token);
        if (bytes.Length <= HashLength) throw Invalid("The token is not one that this list gave.");
        if (!bytes.AsSpan(0, HashLength).SequenceEqual(Hash(filters))) throw Invalid("The token was made with other filters.");
        return Encoding.UTF8.GetString(bytes.AsSpan(HashLength));
    }

    public static RefusedException Invalid(string detail) => new("page-token-invalid", detail) { Errors = [new FieldError("pageToken", detail)] };

    private static ReadOnlySpan<byte> Hash(string filters) => SHA256.HashData(Encoding.UTF8.GetBytes(filters)).AsSpan(0, HashLength);
}
