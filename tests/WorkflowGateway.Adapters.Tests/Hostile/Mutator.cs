using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace WorkflowGateway.Adapters.Tests.Hostile;

/// <summary>Makes of an answer one that no vendor should give.</summary>
// A fixed seed is what makes a failure repeatable.
#pragma warning disable CA5394
internal sealed class Mutator(Random chance)
{
    private static readonly string[] Odd =
    [
        "null", "true", "0", "-1.5e300", "1e999999", "123456789012345678901234567890", "\"\"", "\"odd\"", "\"completed\"", "\"SUCCEEDED\"", "\"failed\"", "\"FAILED\"", "\"cancelled\"",
        "\"completed_silently\"", "\"no_workflow\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "[null]", "{}", "[[[[]]]]", "{\"status\":\"completed\"}", "{\"run_status\":\"SUCCEEDED\"}",
        "{\"workflow_run\":{\"status\":\"completed\"}}", "\"\\u0063ompleted\"",
    ];

    public byte[] Mutate(string body)
    {
        var text = body;
        for (var times = 1 + chance.Next(3); times > 0; times--) text = chance.Next(3) == 0 ? InText(text) : InTree(text);
        var bytes = Encoding.UTF8.GetBytes(text);
        return chance.Next(3) == 0 ? InBytes(bytes) : bytes;
    }

    /// <summary>Bodies that are large, deep or packed rather than wrong.</summary>
    public string Bomb() => chance.Next(5) switch
    {
        0 => new string('[', 100_000),
        1 => string.Concat(Enumerable.Repeat("{\"a\":", 5_000)),
        2 => "{\"status\":\"completed\",\"n\":" + new string('9', 200_000) + "}",
        3 => "{" + string.Join(',', Enumerable.Range(0, 50_000).Select(n => $"\"k{n}\":{n}")) + "}",
        _ => "{\"status\":\"" + new string('x', 5_000_000) + "\"}",
    };

    private string InTree(string text)
    {
        try
        {
            var root = JsonNode.Parse(text);
            var places = new List<(JsonNode Parent, object Key)>();
            Walk(root, places);
            if (places.Count == 0) return text;
            var (parent, key) = places[chance.Next(places.Count)];
            switch (chance.Next(6))
            {
                case 0: Remove(parent, key); break;
                case 1: Put(parent, key, null); break;
                case 2: Put(parent, key, JsonNode.Parse(Odd[chance.Next(Odd.Length)])); break;
                // What stands in one place stands in another too.
                case 3 when places[chance.Next(places.Count)] is var (from, name): Put(parent, key, At(from, name)?.DeepClone()); break;
                case 4: Put(parent, key, new JsonArray(At(parent, key)?.DeepClone())); break;
                default: Put(parent, key, new JsonObject { [key as string ?? "a"] = At(parent, key)?.DeepClone() }); break;
            }

            return root!.ToJsonString();
        }
        catch (Exception exception) when (exception is System.Text.Json.JsonException or InvalidOperationException or ArgumentException)
        {
            // An earlier mutation left no tree, or one that cannot be written again: no name may stand twice in it.
            return text;
        }
    }

    private string InText(string text) => chance.Next(7) switch
    {
        0 => text[..chance.Next(text.Length + 1)],
        // A second member of a name that is there already, before or after it.
        1 when text.Length > 2 => text.Insert(text.IndexOf('{', StringComparison.Ordinal) + 1, $"\"{(chance.Next(2) == 0 ? "status" : "run_status")}\":{Odd[chance.Next(Odd.Length)]},"),
        2 => "[" + text + "]",
        3 => text + (chance.Next(2) == 0 ? text : " {}"),
        4 => text.Replace("status", chance.Next(2) == 0 ? "Status" : "status ", StringComparison.Ordinal),
        5 => text.Replace(":", ": /* c */", StringComparison.Ordinal),
        _ => text.Insert(chance.Next(text.Length + 1), Odd[chance.Next(Odd.Length)]),
    };

    private byte[] InBytes(byte[] bytes)
    {
        var mutated = bytes.ToList();
        switch (chance.Next(6))
        {
            case 0: return [0xEF, 0xBB, 0xBF, .. bytes];
            case 1: return Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(bytes));
            case 2 when bytes.Length > 0: mutated.RemoveRange(chance.Next(bytes.Length), 1); break;
            case 3: mutated.Insert(chance.Next(bytes.Length + 1), (byte)chance.Next(256)); break;
            case 4: mutated.Insert(chance.Next(bytes.Length + 1), 0); break;
            default:
                for (var n = 0; n < bytes.Length; n++)
                    if (chance.Next(50) == 0) mutated[n] = (byte)(mutated[n] ^ (1 << chance.Next(8)));
                break;
        }

        return [.. mutated];
    }

    private static void Walk(JsonNode? node, List<(JsonNode, object)> places)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                places.Add((node, name));
                Walk(value, places);
            }
        }
        else if (node is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                places.Add((node, i));
                Walk(items[i], places);
            }
        }
    }

    private static JsonNode? At(JsonNode parent, object key) => key is int index ? parent.AsArray()[index] : parent.AsObject()[(string)key];

    private static void Put(JsonNode parent, object key, JsonNode? value)
    {
        if (key is int index) parent.AsArray()[index] = value;
        else parent.AsObject()[(string)key] = value;
    }

    private static void Remove(JsonNode parent, object key)
    {
        if (key is int index) parent.AsArray().RemoveAt(index);
        else parent.AsObject().Remove(Convert.ToString(key, CultureInfo.InvariantCulture)!);
    }
}
#pragma warning restore CA5394
