namespace WorkflowGateway;

/// <summary>A text that must not be printed: it has no <see cref="object.ToString"/> of its own and is no JSON.</summary>
/// <param name="value">The secret text.</param>
public sealed class Secret(string value)
{
    /// <summary>The text itself, for the one place that sends it.</summary>
    public string Reveal() => value;

    /// <summary>Never the text.</summary>
    public override string ToString() => "***";
}
