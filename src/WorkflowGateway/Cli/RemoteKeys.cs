using System.Net.Http.Headers;
using System.Text.Json;
using WorkflowGateway.Access;
using WorkflowGateway.Runs;

namespace WorkflowGateway.Cli;

/// <summary>The keys of a gateway that runs, through its API.</summary>
internal sealed class RemoteKeys : IDisposable
{
    public const string KeyVariable = "GATEWAY_KEY";

    private readonly HttpClient _http;

    /// <param name="url">Where it listens.</param>
    /// <param name="patience">How long to wait for an answer; null for half a minute.</param>
    public RemoteKeys(string url, TimeSpan? patience = null)
    {
        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new RefusedException("validation-failed", $"--url is '{url}'. Write the address of a gateway: http://localhost:8080");
        // A key goes nowhere but where it was meant to go.
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = address, Timeout = patience ?? TimeSpan.FromSeconds(30) };
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Trim());
    }

    public async Task<KeyView> CreateAsync(NewKey key)
    {
        using var answer = await AskAsync(_http.PostAsJsonAsync("v1/keys", new
        {
            role = key.Role,
            tenant = key.Tenant,
            name = key.Name,
            workflows = key.Grants.Workflows,
            operations = key.Grants.Operations,
            limits = KeyLimits.From(key.Limits),
        }));
        return await ReadAsync<KeyView>(answer);
    }

    public async Task<List<KeyView>> ListAsync()
    {
        var keys = new List<KeyView>();
        for (string? token = ""; token is not null;)
        {
            using var answer = await AskAsync(_http.GetAsync(new Uri($"v1/keys?pageSize=500{(token.Length == 0 ? "" : "&pageToken=" + Uri.EscapeDataString(token))}", UriKind.Relative)));
            var page = await ReadAsync<KeyList>(answer);
            keys.AddRange(page.Keys);
            token = page.NextPageToken;
        }

        return keys;
    }

    public async Task RevokeAsync(string id)
    {
        using var answer = await AskAsync(_http.DeleteAsync(new Uri("v1/keys/" + Uri.EscapeDataString(id), UriKind.Relative)));
        await CheckAsync(answer);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<HttpResponseMessage> AskAsync(Task<HttpResponseMessage> answer)
    {
        try
        {
            return await answer;
        }
        catch (TaskCanceledException exception)
        {
            throw new HttpRequestException("It did not answer in time. What was asked for may have been done: see with keys list.", exception);
        }
    }

    private static async Task<T> ReadAsync<T>(HttpResponseMessage answer)
    {
        await CheckAsync(answer);
        try
        {
            return (await answer.Content.ReadFromJsonAsync<T>())!;
        }
        catch (JsonException)
        {
            throw NoGateway(answer);
        }
    }

    private static async Task CheckAsync(HttpResponseMessage answer)
    {
        if (answer.IsSuccessStatusCode) return;
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json") throw NoGateway(answer);
        var problem = JsonElement.Parse(await answer.Content.ReadAsStringAsync());
        throw new RefusedException(problem.GetProperty("code").GetString()!, problem.GetProperty("detail").GetString()!);
    }

    private static HttpRequestException NoGateway(HttpResponseMessage answer) => new($"It answered {(int)answer.StatusCode}, not as a gateway does. Is the address right?");
}
