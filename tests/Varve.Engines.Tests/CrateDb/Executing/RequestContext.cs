using System.Globalization;
using System.Text.Json;

namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>What a request says besides its statement.</summary>
/// <param name="Schema">The schema of names without one.</param>
/// <param name="User">Who asks.</param>
/// <param name="Now">The server's clock, in milliseconds.</param>
/// <param name="Values">The values of the statement.</param>
internal sealed record RequestContext(string Schema, string User, long Now, IReadOnlyList<JsonElement> Values)
{
    /// <summary>A row that fails ends an INSERT … SELECT.</summary>
    internal bool FailsFast { get; init; }

    /// <summary>A key that an object does not have is an error.</summary>
    internal bool IsStrict { get; init; } = true;

    /// <summary>Columns that are there in every table and not shown are asked for.</summary>
    internal bool HasHidden { get; init; }

    /// <summary>What was not refreshed is seen too.</summary>
    internal bool SeesAll { get; init; }

    /// <summary>Rows, bytes and columns that catalogs show and the store does not hold.</summary>
    internal Counted Counted { get; init; } = new();

    internal JsonElement Value(Node node)
    {
        var number = int.Parse(node.Text, CultureInfo.InvariantCulture);
        return number < Values.Count
            ? Values[number]
            : throw CrateError.Parse(
                "The query contains a parameter placeholder $"
                    + (number + 1).ToString(CultureInfo.InvariantCulture)
                    + $", but there are only {Values.Count.ToString(CultureInfo.InvariantCulture)} parameter values"
            );
    }
}
