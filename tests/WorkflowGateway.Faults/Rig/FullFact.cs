namespace WorkflowGateway.Faults.Rig;

/// <summary>For what only the full form of a proof does: CI says that it left it out.</summary>
internal sealed class FullFactAttribute : FactAttribute
{
    public FullFactAttribute()
    {
        if (!Form.IsFull) Skip = Form.OnlyFull;
    }
}

internal sealed class FullTheoryAttribute : TheoryAttribute
{
    public FullTheoryAttribute()
    {
        if (!Form.IsFull) Skip = Form.OnlyFull;
    }
}
