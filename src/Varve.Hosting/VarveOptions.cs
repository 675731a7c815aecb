using Varve.Execution;
using Varve.Policies;

namespace Varve.Hosting;

/// <summary>How an application keeps the tables of one database in shape.</summary>
public sealed class VarveOptions
{
    /// <summary>
    /// Opens the database. It is called for each run and for each look at the policies, and what it returns is disposed after it.
    /// Required.
    /// </summary>
    public Func<IServiceProvider, Database>? Open { get; set; }

    /// <summary>
    /// Policies that are stored at the start, all of them or none. Default: none, those that are stored already are kept.
    /// </summary>
    public IReadOnlyList<PolicyDocument> Policies { get; set; } = [];

    /// <summary>The clock, the schema of the catalog, archives, who acts.</summary>
    public LifecycleOptions Lifecycle { get; set; } = new();

    /// <summary>How runs are carried out. Its <see cref="RunOptions.Stop"/> is that of the host.</summary>
    public RunOptions Run { get; set; } = new();

    /// <summary>How often it is looked whether somebody stored other policies. Default: two minutes.</summary>
    public TimeSpan Learn { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Told what runs tell, in their order, while they go on. An exception in it ends the run.</summary>
    public Func<RunEvent, CancellationToken, ValueTask>? OnEvent { get; set; }
}
