namespace WorkflowGateway.Sandbox;

/// <summary>What a start names to choose how its run goes. These ids never change: configuration and tests rely on them.</summary>
public static class Scenarios
{
    /// <summary>Juo: the <c>flowType</c> of a start. Any other flow type has no published workflow and is answered like <see cref="NoWorkflow"/>.</summary>
    public static class Juo
    {
        /// <summary>Waits at once for <c>accept</c> or <c>decline</c>, then completed with an outcome.</summary>
        public const string Cancellation = "cancellation";

        /// <summary>Running for a second, then completed.</summary>
        public const string Skip = "skip";

        /// <summary>Two interactions in a row, each with a timeout of a minute after which the flow goes on.</summary>
        public const string Pause = "pause";

        /// <summary>No run: <c>{"status":"no_workflow","fallbackToDefault":true}</c>.</summary>
        public const string NoWorkflow = "no_workflow";

        /// <summary>No run: <c>completed_silently</c>.</summary>
        public const string CompletedSilently = "completed_silently";

        /// <summary>Running for a second, then failed with an error.</summary>
        public const string Failing = "failing";

        /// <summary>Running until the control API ends it.</summary>
        public const string NeverEnding = "never_ending";
    }

    /// <summary>Interactly: the <c>workflow_id</c> of a start. Any other is unknown (404).</summary>
    public static class Interactly
    {
        /// <summary>Asks twice: running a second, waiting_for_user_input, data, running, waiting, data, running, completed.</summary>
        public const string PatientIntake = "5eb7cf5a86d9755df3a6c593";

        /// <summary>Completed in the answer to the start.</summary>
        public const string AtOnce = "5eb7cf5a86d9755df3a6c594";

        /// <summary>Running for a second, then failed with <c>termination_source</c> execution_error.</summary>
        public const string Failing = "5eb7cf5a86d9755df3a6c595";

        /// <summary>Running for a second, then aborted_looping_risk.</summary>
        public const string Looping = "5eb7cf5a86d9755df3a6c596";

        /// <summary>Running until it is stopped.</summary>
        public const string NeverEnding = "5eb7cf5a86d9755df3a6c597";

        /// <summary>not_started for a second, then running for a second, then completed.</summary>
        public const string Queued = "5eb7cf5a86d9755df3a6c598";
    }

    /// <summary>Fortanix: the <c>graph_id</c> of a start. Any other is unknown (404).</summary>
    public static class Fortanix
    {
        /// <summary>PENDING for a second, RUNNING for two, SUCCEEDED.</summary>
        public const string TrainModel = "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a11";

        /// <summary>PENDING for a second, RUNNING for one, FAILED.</summary>
        public const string Failing = "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a12";

        /// <summary>PENDING for a second, RUNNING until it is stopped.</summary>
        public const string NeverEnding = "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a13";

        /// <summary>RUNNING for a second, UNKNOWN for two, RUNNING for one, SUCCEEDED.</summary>
        public const string UnknownForAWhile = "7c0f6f0e-6f0d-4f3e-9b54-0d6f3f1f2a14";
    }
}
