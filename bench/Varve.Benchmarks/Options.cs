using System.Globalization;

namespace Varve.Benchmarks;

/// <summary>What was asked for on the command line.</summary>
/// <param name="What">One case, or <c>all</c>.</param>
/// <param name="Rows">Rows of the source: whole series of 8,640 rows a day.</param>
/// <param name="Days">How many days they are of; other than 6 for <c>tier</c> only.</param>
/// <param name="Rounds">How often each measurement is taken, all of them in turn; the least counts.</param>
/// <param name="Json">True: a line of JSON for each figure.</param>
/// <param name="Folder">Where data files are made; what is there already is used again.</param>
/// <param name="Server">The server of the case <c>postgresql</c>, on which databases are made; null for none.</param>
/// <param name="History">The file that gets every figure, and that the report is made from; null for none.</param>
internal sealed record Options(
    string What,
    long Rows,
    int Days,
    int Rounds,
    bool Json,
    string Folder,
    string? Server = null,
    string? History = null
)
{
    public const string Usage =
        "Usage: Varve.Benchmarks cascade|noop|incremental|expire|archive|tier|late|years|many|idle|wide|start|server|readers|plan|postgresql|all [--rows N] [--days N (tier)] [--rounds N] [--output json] [--folder DIR] [--server URL (postgresql)] [--history FILE]\n       Varve.Benchmarks report --history FILE";

    /// <summary>Null where the arguments make no sense.</summary>
    public static Options? Read(IReadOnlyList<string> args)
    {
        if (args.Count % 2 != 1)
            return null;
        var options = new Options(args[0], 51_840_000, 6, 3, false, Path.Combine(Path.GetTempPath(), "varve-bench"));
        for (var i = 1; i < args.Count; i += 2)
        {
            var value = args[i + 1];
            switch (args[i])
            {
                case "--rows":
                    options = options with { Rows = long.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--days" when args[0] == "tier":
                    options = options with { Days = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--rounds":
                    options = options with { Rounds = int.Parse(value, CultureInfo.InvariantCulture) };
                    break;
                case "--output" when value is "json" or "text":
                    options = options with { Json = value == "json" };
                    break;
                case "--server" when args[0] == "postgresql":
                    options = options with { Server = value };
                    break;
                case "--history":
                    options = options with { History = value };
                    break;
                case "--folder":
                    options = options with { Folder = value };
                    break;
                default:
                    return null;
            }
        }

        return options;
    }
}
