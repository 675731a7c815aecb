namespace Varve.Queries;

/// <summary>The codes of a window of a recurrent query that was not done.</summary>
internal static class QueryCodes
{
    /// <summary>The database has no transactions: rows and the record that their window was done cannot be one.</summary>
    internal const string NeedsTransactions = "VRV370";

    /// <summary>It shares time with others that rows were added for.</summary>
    internal const string Overlaps = "VRV371";

    /// <summary>The statement gave rows that lie outside of it.</summary>
    internal const string Outside = "VRV372";

    /// <summary>The table that its rows go to is not there, lacks a column, or is kept by somebody else.</summary>
    internal const string Target = "VRV373";

    /// <summary>The database does not understand the statement.</summary>
    internal const string NotUnderstood = "VRV374";
}
