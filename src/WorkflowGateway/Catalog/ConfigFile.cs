using System.Security.Cryptography;

namespace WorkflowGateway.Catalog;

/// <summary>What stood in the configuration file at a look.</summary>
/// <param name="Content">Null where there was none to be had.</param>
/// <param name="Trouble">Why not; null where there was.</param>
internal sealed record ConfigLook(byte[]? Content, string? Trouble)
{
    /// <summary>Alike for looks that saw the same.</summary>
    public string Mark { get; } = Content is null ? Trouble! : Convert.ToHexString(SHA256.HashData(Content));
}

/// <summary>
/// Looks at the configuration file, whatever has become of it. A look is given up after a while and its thread left to itself: a file of a network that is
/// gone, or a pipe that was put in its place, may never answer.
/// </summary>
internal sealed class ConfigFile(string path, TimeProvider time)
{
    private const int MostHanging = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private int _hanging;

    public string Path => path;

    public async Task<ConfigLook> LookAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _hanging) >= MostHanging) return new ConfigLook(null, "It does not answer.");
        Interlocked.Increment(ref _hanging);
        var read = Task.Run(() =>
        {
            try
            {
                return Read();
            }
            finally
            {
                Interlocked.Decrement(ref _hanging);
            }
        }, CancellationToken.None);
        try
        {
            return await read.WaitAsync(Patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new ConfigLook(null, "It does not answer.");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new ConfigLook(null, failure is FileNotFoundException or DirectoryNotFoundException ? "There is no such file." : "It cannot be read.");
        }
    }

    private ConfigLook Read()
    {
        if (Directory.Exists(path)) return new ConfigLook(null, "It is a folder.");
        var target = Target(path);
        // Not opened where nothing is in it: a pipe has no length either, and opening one waits for whoever writes to it.
        if (target is { Exists: true, Length: 0 }) return new ConfigLook([], null);
        if (target.Exists && target.Length > CatalogReader.MostBytes) return TooLong;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        using var content = new MemoryStream();
        var part = new byte[16 * 1024];
        for (int read; (read = stream.Read(part)) > 0;)
        {
            content.Write(part, 0, read);
            if (content.Length > CatalogReader.MostBytes) return TooLong;
        }

        return new ConfigLook(content.ToArray(), null);
    }

    /// <summary>The file that a path leads to.</summary>
    public static FileInfo Target(string path)
    {
        var file = new FileInfo(path);
        return file.LinkTarget is null ? file : (FileInfo)(file.ResolveLinkTarget(returnFinalTarget: true) ?? file);
    }

    private static ConfigLook TooLong => new(null, CatalogReader.TooLong);
}
