namespace WorkflowGateway.Client;

/// <summary>The gateway refused a request or could not do it. What each <see cref="Code"/> means stands under <c>/problems/&lt;code&gt;</c> of the gateway.</summary>
public sealed class GatewayProblemException : Exception
{
    /// <summary>Wraps a problem.</summary>
    public GatewayProblemException(Problem problem, Exception? innerException = null)
        : base($"{problem.Status} {problem.Code}: {problem.Detail}", innerException) => Problem = problem;

    /// <summary>The whole problem.</summary>
    public Problem Problem { get; }

    /// <summary>What is wrong, as a word to branch on. Answers that are no problem document, such as a proxy's, are <c>unreadable-answer</c>.</summary>
    public string Code => Problem.Code;

    /// <summary>What is wrong, in a few words.</summary>
    public string Title => Problem.Title;

    /// <summary>What is wrong with this request, in a sentence.</summary>
    public string Detail => Problem.Detail;

    /// <summary>The HTTP status.</summary>
    public int Status => Problem.Status;

    /// <summary>Whether the same request may do later. The client has tried a few times already.</summary>
    public bool Retryable => Problem.Retryable;

    /// <summary>How long the gateway asked to be left alone; null where it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The wrong members of the request, where the problem is about them.</summary>
    public IReadOnlyList<FieldError> Errors => Problem.Errors ?? [];

    /// <summary>The run as it is, where a command was refused because of its state.</summary>
    public Run? Run => Problem.Run;
}
