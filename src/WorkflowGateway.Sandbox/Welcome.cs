using System.Globalization;
using System.Text;

namespace WorkflowGateway.Sandbox;

/// <summary>What the sandbox on its own prints when it is ready.</summary>
internal static class Welcome
{
    public static string Text(SandboxServer server, string ledgerPath)
    {
        var text = new StringBuilder();
        Line($"juo         {server.Juo}/customer/v1");
        Line($"interactly  {server.Interactly}/workflows");
        Line($"fortanix    {server.Fortanix}");
        Line($"control     {server.Control}   state scenarios clock clock/advance switches faults ledger runs/{{vendor}}");
        Line($"ledger      {ledgerPath}");
        Line($"Scenarios:");
        foreach (var (vendor, scenarios) in ScenarioList.All)
            foreach (var (name, id) in scenarios) Line($"  {vendor,-11} {id,-37} {name}");
        return text.ToString().TrimEnd();

        void Line(FormattableString line) => text.AppendLine(line.ToString(CultureInfo.InvariantCulture));
    }
}
