using System.Security.Cryptography;

namespace WorkflowGateway.Runs;

/// <summary>The door through which ids and randomness come in.</summary>
internal class Ids(TimeProvider time)
{
    public virtual RunId NextRun() => new(Guid.CreateVersion7(time.GetUtcNow()));

    /// <summary>An attempt's id must not be guessable: who knows it could forge a marker.</summary>
    public virtual Guid NextRandom() => new(RandomNumberGenerator.GetBytes(16));

    /// <summary>Bytes to sign with.</summary>
    public virtual byte[] NextSecret() => RandomNumberGenerator.GetBytes(32);

    /// <summary>A number in [0, 1) to spread work with.</summary>
    public virtual double NextFraction() => RandomNumberGenerator.GetInt32(1 << 24) / (double)(1 << 24);
}
