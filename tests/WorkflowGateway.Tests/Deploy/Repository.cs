using System.Runtime.CompilerServices;

namespace WorkflowGateway.Tests.Deploy;

internal static class Repository
{
    public static string File(string path, [CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../..", path));
}
