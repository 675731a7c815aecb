using System.Globalization;
using System.Text.Json;

namespace Varve.Benchmarks;

/// <summary>The other side of <see cref="Fresh"/>: one piece of work, measured, in a process of its own.</summary>
internal static class Worker
{
    public static async Task<int> RunAsync(string[] work)
    {
        Measured? measured = work switch
        {
            ["data", var file, var series, var steps] => Make(file, Number(series), Number(steps)),
            ["run", var file, var policy, var day] => await Product.RunAsync(file, policy, (int)Number(day)),
            ["archive", var file, var policy, var day] => await Product.ArchiveAsync(file, policy, (int)Number(day)),
            ["restore", var file, var policy] => await Product.RestoreAsync(file, policy),
            ["again", var file, var policy, var day] => await Product.AgainAsync(file, policy, (int)Number(day)),
            ["hour", var file, var policy, var day] => await Product.HourAsync(file, policy, (int)Number(day)),
            ["script", var file, var script, var from, var to, .. var values] => Script.Run(
                file,
                script,
                (int)Number(from),
                (int)Number(to),
                values
            ),
            ["over", var file, var script, var from, var to] => Script.RunOver(file, script, (int)Number(from), (int)Number(to)),
            ["pg-source", var url, var series, var rows] => await PostgreSqlWork.SourceAsync(url, series, rows),
            ["pg-run", var url, var policy, var day] => await PostgreSqlWork.RunAsync(url, policy, (int)Number(day)),
            ["pg-again", var url, var policy, var day] => await PostgreSqlWork.AgainAsync(url, policy, (int)Number(day)),
            ["pg-script", var url, var script, var from, var to] => await PostgreSqlWork.ScriptAsync(
                url,
                script,
                (int)Number(from),
                (int)Number(to)
            ),
            ["pg-differences", var url, .. var tiers] => await PostgreSqlWork.DifferencesAsync(url, tiers),
            ["differences", var file, var other, .. var tiers] => Script.Differences(file, other, tiers),
            _ => null,
        };
        if (measured is null)
            return 2;
        Console.WriteLine(JsonSerializer.Serialize(measured));
        return 0;
    }

    private static Measured Make(string file, long series, long steps)
    {
        Data.Make(file, series, steps);
        return new(0, 0, Measured.Peak(), series * steps, []);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
