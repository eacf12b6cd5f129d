using System.Runtime.InteropServices;

namespace WorkflowGateway.Faults.Configs;

/// <summary>One way in which a configuration file goes wrong.</summary>
/// <param name="Name">What was done to it.</param>
/// <param name="Content">What it holds then; null where that is no file with a content.</param>
/// <param name="Put">Puts it at the path, whatever is there.</param>
internal sealed record SpoiltFile(string Name, byte[]? Content, Action<string> Put)
{
    private const int TooLong = (4 * 1024 * 1024) + 1;

    /// <summary>Cut off at a byte.</summary>
    public static SpoiltFile Cut(byte[] good, int length) => Of($"cut at byte {length}", good[..length], byMove: length % 2 == 0);

    /// <summary>One byte is another.</summary>
    public static SpoiltFile Mutated(byte[] good, Random random)
    {
        var (content, at) = ((byte[])good.Clone(), random.Next(good.Length));
        content[at] = (byte)random.Next(256);
        return Of($"byte {at} mutated", content, byMove: random.Next(2) == 0);
    }

    /// <summary>Bits are flipped here and there, as zzuf does.</summary>
    public static SpoiltFile Flipped(byte[] good, Random random)
    {
        var (content, ratio) = ((byte[])good.Clone(), Math.Pow(10, -4 + (3 * random.NextDouble())));
        for (var bit = 0; bit < content.Length * 8; bit++)
            if (random.NextDouble() < ratio) content[bit / 8] ^= (byte)(1 << (bit % 8));
        return Of($"bits flipped, {ratio:P2}", content, byMove: random.Next(2) == 0);
    }

    /// <summary>What is no file, or none that can be read. Permissions do not bind root, so what cannot be read is a link to itself and a pipe that nobody writes to.</summary>
    public static IReadOnlyList<SpoiltFile> Special(byte[] good) =>
    [
        Of("emptied", [], byMove: false),
        new("deleted", null, _ => { }),
        new("a folder", null, path => Directory.CreateDirectory(path)),
        new("a link to itself", null, path => File.CreateSymbolicLink(path, Path.GetFileName(path))),
        new("a link to nothing", null, path => File.CreateSymbolicLink(path, "nowhere.json")),
        new("a pipe", null, path =>
        {
            if (MakePipe(path, Convert.ToUInt32("600", 8)) != 0) throw new IOException("No pipe could be made.");
        }),
        new("a link to a pipe", null, path =>
        {
            File.Delete(path + ".pipe");
            if (MakePipe(path + ".pipe", Convert.ToUInt32("600", 8)) != 0) throw new IOException("No pipe could be made.");
            File.CreateSymbolicLink(path, path + ".pipe");
        }),
        new("a device that never ends", null, path => File.CreateSymbolicLink(path, "/dev/zero")),
        new("longer than is read", null, path => File.WriteAllBytes(path, [.. good, .. Enumerable.Repeat((byte)' ', TooLong - good.Length)])),
        Of("zeros", new byte[good.Length], byMove: true),
        Of("another encoding", System.Text.Encoding.Unicode.GetBytes(System.Text.Encoding.UTF8.GetString(good)), byMove: true),
    ];

    private static SpoiltFile Of(string name, byte[] content, bool byMove) => new(name, content, path =>
    {
        // Editors write a new file and move it over the old one; others write into it.
        File.WriteAllBytes(byMove ? path + ".new" : path, content);
        if (byMove) File.Move(path + ".new", path, overwrite: true);
    });

    [DllImport("libc", EntryPoint = "mkfifo", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int MakePipe(string path, uint mode);
}
