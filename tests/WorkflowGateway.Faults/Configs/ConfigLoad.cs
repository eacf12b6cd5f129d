using System.Net.Http.Json;
using System.Text.Json;

namespace WorkflowGateway.Faults.Configs;

/// <summary>Callers that start runs and read them all the while, and note every answer that was not as it should be.</summary>
internal sealed class ConfigLoad(Uri address) : IAsyncDisposable
{
    private static readonly string[] Workflows = ["juo", "interactly", "fortanix-endless"];

    private readonly HttpClient _http = new() { BaseAddress = address, Timeout = TimeSpan.FromSeconds(60) };
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _bad = [];
    private readonly Dictionary<string, int> _revisions = [];
    private Task _callers = Task.CompletedTask;
    private int _answers;

    public int Answers => Volatile.Read(ref _answers);

    public IReadOnlyList<string> Bad
    {
        get
        {
            lock (_bad) return [.. _bad];
        }
    }

    /// <summary>Which revisions answers named, and how many each.</summary>
    public IReadOnlyDictionary<string, int> Revisions
    {
        get
        {
            lock (_bad) return new Dictionary<string, int>(_revisions);
        }
    }

    public void Start(int callers) => _callers = Task.WhenAll(Enumerable.Range(0, callers).Select(RunAsync));

    public async Task<int> StopAsync()
    {
        await _end.CancelAsync();
        await _callers;
        return Answers;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _end.Dispose();
        _http.Dispose();
    }

    private async Task RunAsync(int caller)
    {
        for (var i = 0; !_end.IsCancellationRequested; i++)
        {
            using var content = JsonContent.Create(new { workflow = Workflows[i % Workflows.Length], input = new { key = $"{caller}-{i}" } });
            var started = await AskAsync(HttpMethod.Post, "v1/runs", content, 201);
            if (started is { } run && run.TryGetProperty("id", out var id)) await AskAsync(HttpMethod.Get, $"v1/runs/{id.GetString()}", null, 200);
            await AskAsync(HttpMethod.Get, "v1/runs?pageSize=5", null, 200);
        }
    }

    private async Task<JsonElement?> AskAsync(HttpMethod method, string path, HttpContent? content, int expected)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            using var answer = await _http.SendAsync(request);
            var text = await answer.Content.ReadAsStringAsync();
            var revision = answer.Headers.TryGetValues("Gateway-Revision", out var values) ? string.Join(',', values) : "none";
            lock (_bad)
            {
                _revisions[revision] = _revisions.GetValueOrDefault(revision) + 1;
                if ((int)answer.StatusCode != expected) _bad.Add($"{method} {path}: {(int)answer.StatusCode} {text}");
            }

            Interlocked.Increment(ref _answers);
            return (int)answer.StatusCode == expected ? JsonElement.Parse(text) : null;
        }
        catch (HttpRequestException failure)
        {
            lock (_bad) _bad.Add($"{method} {path}: {failure.Message}");
            return null;
        }
    }
}
