namespace Varve.Time;

/// <summary>The unit of a calendar width; its buckets start at local midnights of a zone.</summary>
public enum CalendarUnit
{
    /// <summary>A local day.</summary>
    Day,

    /// <summary>A week from Monday to Sunday (ISO 8601).</summary>
    Week,

    /// <summary>One or more months, counted from January.</summary>
    Month,

    /// <summary>A quarter of a year: January, April, July, October.</summary>
    Quarter,

    /// <summary>A year from January to December.</summary>
    Year,
}
