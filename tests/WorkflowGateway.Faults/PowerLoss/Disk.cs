namespace WorkflowGateway.Faults.PowerLoss;

/// <summary>What is certainly on a disk and what only may be. Files are named by what follows the ledger's path.</summary>
internal sealed class Disk
{
    private readonly Dictionary<string, MemoryStream> _durable = [];
    private readonly Dictionary<string, List<DiskEvent>> _pending = [];

    public void Apply(DiskEvent change)
    {
        switch (change)
        {
            case DiskEvent.Write write:
                Pending(write.File).Add(write);
                break;
            case DiskEvent.Truncate truncate:
                Pending(truncate.File).Add(truncate);
                break;
            case DiskEvent.Sync sync:
                foreach (var waiting in Pending(sync.File)) Put(Durable(sync.File), waiting);
                Pending(sync.File).Clear();
                break;
            case DiskEvent.Remove remove:
                _durable.Remove(remove.File);
                _pending.Remove(remove.File);
                break;
        }
    }

    /// <summary>What a power loss now may leave: nothing that was not synced.</summary>
    public void WriteTo(string ledger)
    {
        foreach (var (file, bytes) in _durable) Save(ledger + file, bytes);
    }

    /// <summary>Or some of it: any sectors of what was not synced, in no order.</summary>
    public void WriteTornTo(string ledger, Random chance)
    {
        const int sector = 512;
        foreach (var file in _durable.Keys.Union(_pending.Keys).ToList())
        {
            var torn = new MemoryStream();
            if (_durable.TryGetValue(file, out var whole)) whole.WriteTo(torn);
            foreach (var waiting in Pending(file))
            {
                if (waiting is not DiskEvent.Write write)
                {
                    if (chance.Next(2) == 0) Put(torn, waiting);
                    continue;
                }

                for (var at = 0; at < write.Data.Length; at += sector)
                    if (chance.Next(2) == 0) Put(torn, write with { Offset = write.Offset + at, Data = write.Data[at..Math.Min(at + sector, write.Data.Length)] });
            }

            if (torn.Length > 0 || whole is not null) Save(ledger + file, torn);
        }
    }

    private static void Put(MemoryStream bytes, DiskEvent change)
    {
        if (change is DiskEvent.Truncate truncate) bytes.SetLength(truncate.Length);
        if (change is not DiskEvent.Write write) return;
        bytes.Position = write.Offset;
        bytes.Write(write.Data);
    }

    private static void Save(string path, MemoryStream bytes)
    {
        using var file = File.Create(path);
        bytes.WriteTo(file);
    }

    private MemoryStream Durable(string file) => _durable.TryGetValue(file, out var bytes) ? bytes : _durable[file] = new MemoryStream();

    private List<DiskEvent> Pending(string file) => _pending.TryGetValue(file, out var waiting) ? waiting : _pending[file] = [];
}
