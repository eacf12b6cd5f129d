using System.Reflection;
using System.Xml.Linq;
using WorkflowGateway.Client;

namespace WorkflowGateway.Tests.Client;

public sealed class DocumentationTests
{
    [Fact]
    public void Every_public_type_and_property_has_a_summary()
    {
        var assembly = typeof(GatewayClient).Assembly;
        var documented = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml")).Descendants("member")
            .Where(member => !string.IsNullOrWhiteSpace(member.Element("summary")?.Value))
            .Select(member => member.Attribute("name")!.Value)
            .ToHashSet();
        var names = assembly.GetExportedTypes().SelectMany(type => type
            .GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Select(property => $"P:{type.FullName}.{property.Name}").Prepend("T:" + type.FullName)).ToList();
        names.Should().Contain("P:WorkflowGateway.Client.Run.VendorRunId").And.Contain("P:WorkflowGateway.Client.RunChange.Cause");
        names.Except(documented).Should().BeEmpty();
    }
}
