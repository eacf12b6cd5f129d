using System.Text;
using System.Text.Json;

namespace WorkflowGateway.Catalog;

/// <summary>A JSON file with comments, and where in it each value stands.</summary>
internal sealed class JsonSource
{
    private const int MaxDepth = 64;

    // Letters of all pointers together: without a bound, a long name with many members below it takes its length for each of them.
    private const long MostHeld = 64 * 1024 * 1024;

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth };

    private readonly Dictionary<string, long> _offsets = new(StringComparer.Ordinal);
    private readonly List<(string Pointer, long Offset)> _duplicates = [];
    private readonly HashSet<string> _twice = new(StringComparer.Ordinal);
    private readonly Stack<Opened> _open = new();
    private readonly byte[] _utf8;
    private readonly string _file;
    private string _pointer = "";
    private long _reached;
    private long _held;
    private bool _named;

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
        if (JsonSyntax.Unreadable(source._utf8) is { } unreadable) throw source.NoJson(unreadable);
        try
        {
            source.ReadPlaces(copy);
            using var document = JsonDocument.Parse(source._utf8, Lenient);
            source.Root = source.Copies > 1 ? JsonPrune.OneCopy(document.RootElement, copy) : JsonSerializer.SerializeToElement(document.RootElement);
            return source;
        }
        catch (JsonException broken)
        {
            throw source.NoJson(JsonSyntax.Explain(source._utf8, broken, source._reached, source._open.TryPeek(out var open) ? open.Begins : null));
        }
        catch (InvalidOperationException)
        {
            throw source.NoJson((source._reached, "a \\u escape here is half of a pair. Write both halves, or the letter itself."));
        }
    }

    public IEnumerable<CatalogProblem> Duplicates => _duplicates.Select(twice => Place(
        twice.Offset, twice.Pointer, $"The member '{JsonPointer.LastName(twice.Pointer)}' stands here twice. Keep one of the two."));

    /// <summary>Whether a pointer is below a member that is repeated.</summary>
    public bool IsTwice(string pointer) => _twice.Count > 0 && Upwards(pointer).Any(_twice.Contains);

    /// <summary>A problem at a pointer, or at the nearest place above that exists.</summary>
    public CatalogProblem Problem(string pointer, string message)
    {
        // What stood in a copy that does not count stands before the one that does.
        var place = Upwards(pointer).First(place => _offsets.TryGetValue(place, out var offset) && (_twice.Count == 0 || Upwards(place).All(above => _offsets[above] <= offset)));
        return Place(_offsets[place], pointer, message);
    }

    // The pointer and all above it.
    private static IEnumerable<string> Upwards(string pointer)
    {
        yield return pointer;
        for (var end = pointer.LastIndexOf('/'); end >= 0; end = end == 0 ? -1 : pointer.LastIndexOf('/', end - 1)) yield return pointer[..end];
    }

    private CatalogException NoJson((long Offset, string Message) broken) => new([Place(
        broken.Offset, _named || !_open.TryPeek(out var open) ? _pointer : open.Pointer, "This is not JSON: " + broken.Message)]);

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
        while (reader.Read())
        {
            _reached = reader.BytesConsumed;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    var (name, within) = (reader.GetString()!, _open.Peek());
                    _pointer = JsonPointer.Below(within.Pointer, name);
                    _named = true;
                    var before = within.Seen.GetValueOrDefault(name);
                    within.Seen[name] = before + 1;
                    Copies = Math.Max(Copies, before + 1);
                    if (before > 0) _twice.Add(_pointer);
                    if (before > 0 && !within.IsTwice && _duplicates.Count <= CatalogReader.MostProblems) _duplicates.Add((_pointer, reader.TokenStartIndex));
                    if (before > copy)
                    {
                        reader.Skip();
                        _named = false;
                        continue;
                    }

                    Hold(reader.TokenStartIndex);
                    continue;
                case JsonTokenType.EndObject or JsonTokenType.EndArray:
                    _pointer = _open.Pop().Pointer;
                    continue;
                case JsonTokenType.String when reader.ValueIsEscaped:
                    // Half of a surrogate pair cannot be read; it is said here, once for all.
                    _ = reader.GetString();
                    break;
            }

            if (!_named)
            {
                if (_open.TryPeek(out var list)) _pointer = $"{list.Pointer}/{list.Next++}";
                Hold(reader.TokenStartIndex);
            }

            _named = false;
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray) _open.Push(new Opened(_pointer, reader.TokenStartIndex, IsWithinTwice()));
        }
    }

    private bool IsWithinTwice() => _twice.Contains(_pointer) || (_open.TryPeek(out var above) && above.IsTwice);

    private void Hold(long offset)
    {
        _offsets[_pointer] = offset;
        _held += _pointer.Length;
        if (_held > MostHeld) throw new CatalogException([Place(offset, "", "The names here are too long, each with all those it stands in, to be judged. Shorten them.")]);
    }

    /// <summary>An object or a list that is not closed yet.</summary>
    private sealed class Opened(string pointer, long begins, bool isTwice)
    {
        private Dictionary<string, int>? _seen;

        public string Pointer => pointer;

        public long Begins => begins;

        /// <summary>Whether it is, or is within, a member that is repeated.</summary>
        public bool IsTwice => isTwice;

        public int Next { get; set; }

        /// <summary>How often each name stood in it.</summary>
        public Dictionary<string, int> Seen => _seen ??= new Dictionary<string, int>(StringComparer.Ordinal);
    }
}
