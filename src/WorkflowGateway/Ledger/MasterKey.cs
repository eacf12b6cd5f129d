using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using WorkflowGateway.Catalog;

namespace WorkflowGateway.Ledger;

/// <summary>Finds the key under which bodies and end users' tokens are encrypted.</summary>
internal static class MasterKey
{
    private const int Length = 32;
    private const string Hint = "Write 32 bytes in base64 (openssl rand -base64 32), or ${file:/path} of a file that holds them.";

    /// <summary>The key, or null where none is set. Development makes one beside the ledger.</summary>
    /// <param name="services">Where the settings are.</param>
    /// <param name="make">Whether Development may write a new one; where it may not, one stands in that has encrypted nothing.</param>
    /// <exception cref="SettingsException">What is set is no key.</exception>
    public static byte[]? Load(IServiceProvider services, bool make)
    {
        var setting = services.GetRequiredService<IOptions<SecurityOptions>>().Value.MasterKey;
        var home = services.GetRequiredService<HomeFolder>();
        if (string.IsNullOrWhiteSpace(setting))
        {
            if (!services.GetRequiredService<IHostEnvironment>().IsDevelopment()) return null;
            var ledger = home.Resolve(services.GetRequiredService<IOptions<StorageOptions>>().Value.Path);
            return Development(Path.Combine(Path.GetDirectoryName(ledger)!, "master.key"), make);
        }

        return Parse(Text(setting, home)) ?? throw new SettingsException("Security:MasterKey is no key. " + Hint);
    }

    /// <summary>What seals nothing any more and still opens.</summary>
    /// <exception cref="SettingsException">One of them is no key.</exception>
    public static IEnumerable<byte[]> LoadPrevious(IServiceProvider services)
    {
        var home = services.GetRequiredService<HomeFolder>();
        return [.. services.GetRequiredService<IOptions<SecurityOptions>>().Value.PreviousMasterKeys
            .Select((setting, i) => Parse(Text(setting, home)) ?? throw new SettingsException($"Security:PreviousMasterKeys:{i} is no key. " + Hint))];
    }

    private static string Text(string setting, HomeFolder home) =>
        setting.StartsWith("${file:", StringComparison.Ordinal) && setting.EndsWith('}') ? ReadFile(home.Resolve(setting[7..^1])) : setting;

    private static byte[] Development(string path, bool make)
    {
        if (File.Exists(path)) return Parse(ReadFile(path)) ?? throw new SettingsException($"{path} is no key. Delete it (what it encrypted is then lost), or restore it.");
        var key = RandomNumberGenerator.GetBytes(Length);
        if (!make) return key;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var file = new FileStream(path, options);
        file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(key)));
        return key;
    }

    private static string ReadFile(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException($"The file {path} of a master key cannot be read: {exception.Message}", exception);
        }
    }

    private static byte[]? Parse(string text)
    {
        var key = new byte[Length];
        return Convert.TryFromBase64String(text.Trim(), key, out var written) && written == Length ? key : null;
    }
}
