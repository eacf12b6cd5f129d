namespace WorkflowGateway.Benchmarks;

/// <summary>How long and how often to measure.</summary>
/// <param name="Rounds">For each number of connections.</param>
/// <param name="Round">How long one contender is loaded in a round.</param>
/// <param name="WarmUps">The most bursts of two seconds before the first round.</param>
/// <param name="Connections">The numbers of connections.</param>
/// <param name="Only">reads, starts, native, store, or null for all.</param>
/// <param name="Keys">Whether each start has an Idempotency-Key.</param>
internal sealed record Settings(int Rounds, TimeSpan Round, int WarmUps, IReadOnlyList<int> Connections, string? Only, bool Keys)
{
    public const string Usage = """
        tests/bench.sh [--quick] [--only reads|starts|native|store] [--keys] [--rounds N] [--seconds S] [--connections N]
          --quick    about a minute, rough
          --only     one part of the measurements
          --keys     every start carries an Idempotency-Key
        """;

    public static Settings Of(string[] args)
    {
        var settings = args.Contains("--quick")
            ? new Settings(3, TimeSpan.FromSeconds(0.8), 3, [1, 16, 64], null, false)
            : new Settings(7, TimeSpan.FromSeconds(1.5), 10, [1, 16, 64], null, false);
        for (var i = 0; i < args.Length; i++)
        {
            settings = args[i] switch
            {
                "--quick" => settings,
                "--keys" => settings with { Keys = true },
                "--only" => settings with { Only = args[++i] },
                "--rounds" => settings with { Rounds = int.Parse(args[++i]) },
                "--seconds" => settings with { Round = TimeSpan.FromSeconds(double.Parse(args[++i])) },
                "--connections" => settings with { Connections = [int.Parse(args[++i])] },
                _ => throw new ArgumentException($"Unknown argument {args[i]}.{Environment.NewLine}{Usage}"),
            };
        }

        return settings;
    }
}
