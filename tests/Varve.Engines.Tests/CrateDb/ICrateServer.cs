namespace Varve.Engines.Tests.CrateDb;

/// <summary>What a test takes for a cluster, and what its users do there.</summary>
internal interface ICrateServer : IAsyncDisposable
{
    /// <summary>As Varve is told of it.</summary>
    string Url { get; }

    /// <summary>Does a statement of a user, who sees everything that was written before; the answer as it is sent.</summary>
    Task<string> AnswerAsync(string statement);
}
