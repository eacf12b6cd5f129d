using WorkflowGateway.Adapters.Fortanix;
using WorkflowGateway.Adapters.Interactly;
using WorkflowGateway.Adapters.Juo;

namespace WorkflowGateway.Runners;

/// <summary>The only place that names adapters. A new vendor is one line here.</summary>
internal static class VendorAdapters
{
    public static readonly IReadOnlyList<IVendorAdapter> All =
    [
        new JuoAdapter(),
        new InteractlyAdapter(),
        new FortanixAdapter(),
    ];
}
