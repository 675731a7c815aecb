using Varve.Engines;

namespace Varve.CrateDb.Http;

/// <summary>A cluster: sessions on its hosts, which know from each other which host failed lately.</summary>
internal sealed class SqlClient(CrateDbOptions options)
{
    private readonly HostList _hosts = new(options.Hosts, options.Clock);

    /// <summary>What it is called in messages; holds no secret.</summary>
    public string Name => options.Name;

    /// <summary>True where a secret crosses a network in the clear.</summary>
    public bool IsClear => options.IsClear;

    /// <summary>What a URL names.</summary>
    /// <param name="url">A URL of CrateDB.</param>
    /// <param name="input">Where <c>password_stdin</c> reads.</param>
    public static SqlClient Of(DatabaseUrl url, TextReader? input = null) => new(CrateDbUrl.Read(url, input, TimeProvider.System));

    /// <summary>A session; it connects with its first statement.</summary>
    public SqlSession Session(SessionSettings? settings = null) => new(options, _hosts, settings ?? new());
}
