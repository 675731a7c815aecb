using System.CommandLine;
using NodaTime;
using Varve.Cli.Backends;
using Varve.Cli.Commands;
using Varve.Cli.Json;
using Varve.Cli.Render;

namespace Varve.Cli;

/// <summary>One invocation: what was typed, where to print, and the database once it is needed.</summary>
internal sealed class CommandContext : IAsyncDisposable
{
    private static readonly TimeSpan s_again = TimeSpan.FromMilliseconds(200);

    private Database? _database;
    private ServerBackend? _server;

    internal CommandContext(ParseResult parse, CancellationToken cancellation)
    {
        (Parse, Cancellation) = (parse, cancellation);
        Screen.IsWide = parse.GetResult(CommonOptions.Wide)?.GetValueOrDefault<bool>() == true;
    }

    internal ParseResult Parse { get; }

    internal Screen Screen { get; } = Screen.Current;

    internal CancellationToken Cancellation { get; }

    /// <summary>True where a script reads.</summary>
    internal bool IsJson => CommonOptions.IsJson(Parse);

    /// <summary>True where a script reads what happens, a line each.</summary>
    internal bool IsLines => CommonOptions.IsLines(Parse);

    /// <summary>The name of the database for messages; null before it was opened.</summary>
    internal string? DatabaseName => _database?.Name;

    /// <summary>The database; it was opened before.</summary>
    internal Database Database => _database ?? throw new System.Diagnostics.UnreachableException();

    /// <summary>True where a server answers, and nothing is opened here.</summary>
    internal bool IsServed => ServerAddress.IsNamed(Parse);

    /// <summary>True where a database was named, be it one of a server.</summary>
    internal bool HasDatabase => IsServed || DatabaseOpener.Named(Parse.GetValue(CommonOptions.Db)) is not null;

    /// <summary>What now is, the same throughout one call.</summary>
    internal NodaTime.Instant Now { get; } = NodaTime.Instant.FromDateTimeOffset(TimeProvider.System.GetUtcNow());

    /// <summary>Opens the database to read; it is never created.</summary>
    internal IBackend Read() => Open(readOnly: true, create: false);

    /// <summary>The same for what is read some at a time, and needs little memory for it.</summary>
    internal IBackend ReadSlices() => Open(readOnly: true, create: false, DatabaseOpener.MemoryOfSlices);

    /// <summary>The same once more with the usual memory.</summary>
    internal async Task<IBackend> ReadAgainAsync()
    {
        if (!IsServed)
            await Database.DisposeAsync();
        return Read();
    }

    /// <summary>Opens the database to read, for what no server can answer.</summary>
    internal Lifecycle ReadHere() => Here(readOnly: true, create: false);

    /// <summary>Opens the database to write; it is never created.</summary>
    internal IBackend Write() => Open(readOnly: false, create: false);

    /// <summary>Opens the database to write, and makes an empty one where it was lost.</summary>
    internal IBackend Make() => Open(readOnly: false, create: true);

    /// <summary>The server that answers; one was named.</summary>
    internal ServerBackend Served() =>
        _server ??= ServerBackend.At(ServerAddress.Of(Parse), Parse.GetValue(CommonOptions.Wait).ToTimeSpan());

    internal void Print<T>(T shape) => CliJson.Print(Screen, shape);

    public async ValueTask DisposeAsync()
    {
        await Screen.Out.FlushAsync(CancellationToken.None);
        if (_database is not null)
            await _database.DisposeAsync();
        _server?.Dispose();
    }

    private IBackend Open(bool readOnly, bool create, string? memory = null)
    {
        if (IsServed)
            return Served();
        var lifecycle = Here(readOnly, create, memory);
        return new DatabaseBackend(lifecycle, Database, DatabaseOpener.Url(Parse.GetValue(CommonOptions.Db)));
    }

    private Lifecycle Here(bool readOnly, bool create, string? memory = null)
    {
        var options = DatabaseOpener.Options(Parse.GetValue(CommonOptions.Schema), Parse.GetValue(CommonOptions.Archive));
        _database = Patient(() =>
            DatabaseOpener.Open(
                Parse.GetValue(CommonOptions.Db),
                readOnly,
                create,
                memory,
                Parse.GetValue(CommonOptions.Wait).ToTimeSpan(),
                Cancellation
            )
        );
        return new(_database, options);
    }

    /// <summary>A database that is in use is asked again until it is free, or until nobody wants to wait any longer.</summary>
    private Database Patient(Func<Database> open)
    {
        var (wait, begun) = (Parse.GetValue(CommonOptions.Wait), TimeProvider.System.GetTimestamp());
        while (true)
        {
            try
            {
                return open();
            }
            catch (BusyException busy)
            {
                if (wait == Duration.Zero)
                    throw new BusyException($"{busy.Message} With --wait 60s it is waited for.", busy);
                if (TimeProvider.System.GetElapsedTime(begun) >= wait.ToTimeSpan())
                    throw new BusyException($"{busy.Message} It was waited for, {HumanText.Time(wait)}.", busy);
                Cancellation.WaitHandle.WaitOne(s_again);
                Cancellation.ThrowIfCancellationRequested();
            }
        }
    }
}
