namespace Varve.Engines.Tests.CrateDb.Executing;

/// <summary>A statement that is being worked on.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Statement">As it came.</param>
/// <param name="Started">Milliseconds.</param>
/// <param name="Kill">Ends it.</param>
internal sealed record CrateJob(string Id, string Statement, long Started, CancellationTokenSource Kill);
