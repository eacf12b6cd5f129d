using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>A JSON file with comments, and where in it each value stands.</summary>
internal sealed class JsonSource
{
    private const int MaxDepth = 64;
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth };

    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);
    private readonly List<(string Pointer, long Offset)> _duplicates = [];
    private readonly byte[] _utf8;
    private readonly string _file;

    private JsonSource(string file, byte[] utf8)
    {
        _file = file;
        _utf8 = utf8.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? utf8[3..] : utf8;
    }

    /// <summary>The content, without comments.</summary>
    public JsonElement Root { get; private set; }

    /// <summary>How often the member stands there that is repeated most; 1 when none is.</summary>
    public int Copies { get; private set; } = 1;

    /// <param name="file">Its name.</param>
    /// <param name="utf8">Its content.</param>
    /// <param name="copy">Which copy of a repeated member counts, from 0; where there are fewer, the last.</param>
    /// <exception cref="CatalogException">It is no JSON.</exception>
    public static JsonSource Parse(string file, byte[] utf8, int copy = int.MaxValue)
    {
        var source = new JsonSource(file, utf8);
        try
        {
            source.ReadPlaces(copy);
            using var document = JsonDocument.Parse(source._utf8, Lenient);
            source.Root = source.Copies > 1 ? JsonPrune.OneCopy(document.RootElement, copy) : JsonSerializer.SerializeToElement(document.RootElement);
            return source;
        }
        catch (JsonException broken)
        {
            var (line, column) = ((int)(broken.LineNumber ?? 0) + 1, (int)(broken.BytePositionInLine ?? 0) + 1);
            throw new CatalogException([new CatalogProblem(file, line, column, "", "This is not JSON: " + Reason(broken))]);
        }
    }

    public IEnumerable<CatalogProblem> Duplicates => _duplicates.Select(twice => Place(
        twice.Offset, twice.Pointer, $"The member '{JsonPointer.LastName(twice.Pointer)}' stands here twice. Keep one of the two."));

    /// <summary>Whether a pointer is below a member that is repeated.</summary>
    public bool IsTwice(string pointer) => _duplicates.Exists(twice => pointer == twice.Pointer || pointer.StartsWith(twice.Pointer + "/", StringComparison.Ordinal));

    /// <summary>A problem at a pointer, or at the nearest place above that exists.</summary>
    public CatalogProblem Problem(string pointer, string message)
    {
        var place = pointer;
        long offset;
        while (!_offsets.TryGetValue(place, out offset)) place = place[..place.LastIndexOf('/')];
        return Place(offset, pointer, message);
    }

    private CatalogProblem Place(long offset, string pointer, string message)
    {
        var before = _utf8.AsSpan(0, (int)offset);
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return new CatalogProblem(_file, line, column, pointer, message);
    }

    private void ReadPlaces(int copy)
    {
        var reader = new Utf8JsonReader(_utf8, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth });
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var above = new Stack<(string Pointer, int Next)>();
        var pointer = "";
        var named = false;
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    pointer = JsonPointer.Below(above.Peek().Pointer, reader.GetString()!);
                    named = true;
                    var before = seen.GetValueOrDefault(pointer);
                    seen[pointer] = before + 1;
                    Copies = Math.Max(Copies, before + 1);
                    if (before > 0 && !_duplicates.Exists(twice => pointer.StartsWith(twice.Pointer + "/", StringComparison.Ordinal)))
                        _duplicates.Add((pointer, reader.TokenStartIndex));
                    if (before > copy)
                    {
                        reader.Skip();
                        named = false;
                        continue;
                    }

                    if (before > 0) Forget(pointer + "/", seen);
                    _offsets[pointer] = reader.TokenStartIndex;
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    above.Pop();
                    continue;
            }

            if (!named)
            {
                if (above.TryPop(out var list))
                {
                    pointer = $"{list.Pointer}/{list.Next}";
                    above.Push((list.Pointer, list.Next + 1));
                }

                _offsets[pointer] = reader.TokenStartIndex;
            }

            named = false;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) above.Push((pointer, 0));
        }
    }

    // The places within a copy that does not count.
    private void Forget(string below, Dictionary<string, int> seen)
    {
        foreach (var pointer in _offsets.Keys.Where(pointer => pointer.StartsWith(below, StringComparison.Ordinal)).ToList())
        {
            _offsets.Remove(pointer);
            seen.Remove(pointer);
        }
    }

    // The parser quotes a word that stands without quotes, and that may be a token.
    private static string Reason(JsonException broken) =>
        broken.Message.Contains("literal", StringComparison.Ordinal) ? "a text must stand in double quotes."
        : broken.Message.Split(" LineNumber:")[0] + " Look at this place and just before it.";
}
