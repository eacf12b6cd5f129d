using System.Reflection;

namespace WorkflowGateway.Adapters.Tests.Conformance;

/// <summary>The suite itself: no adapter escapes it, and no check of it is forgotten.</summary>
public sealed class SuiteTests
{
    [Fact]
    public void Every_adapter_passes_the_suite()
    {
        var adapters = Directory.GetFiles(AppContext.BaseDirectory, "WorkflowGateway.Adapters.*.dll")
            .Select(file => Assembly.LoadFrom(file)).Where(assembly => assembly != typeof(SuiteTests).Assembly)
            .SelectMany(assembly => assembly.GetTypes()).Where(type => type is { IsAbstract: false, IsInterface: false } && type.IsAssignableTo(typeof(IVendorAdapter)));
        var covered = typeof(SuiteTests).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(WorkflowRunnerTests)))
            .Select(suite => ((WorkflowRunnerTests)Activator.CreateInstance(suite)!).Vendor.Adapter.GetType());
        adapters.Should().HaveCountGreaterThanOrEqualTo(3).And.OnlyContain(adapter => covered.Contains(adapter), "each adapter has a class derived from WorkflowRunnerTests");
    }

    [Fact]
    public void Every_check_is_a_test_of_the_suite() => Names(typeof(ConformanceChecks)).Should().BeSubsetOf(Names(typeof(WorkflowRunnerTests)));

    private static IEnumerable<string> Names(Type type) =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(method => !method.IsSpecialName).Select(method => method.Name);
}
