namespace WorkflowGateway.Sandbox;

/// <summary>One stretch of a run: the vendor's status word, and how long it lasts; null until something happens.</summary>
internal record Phase(string Word, double? Seconds = null)
{
    public TimeSpan? Lasts => Seconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null;
}
