using System.Text;
using System.Text.Json;
using Varve.Engines;

namespace Varve.CrateDb.Http;

/// <summary>An answer on its way: its rows one by one, or the error that came instead.</summary>
internal sealed class SqlReading(HttpResponseMessage response, DatabaseHost host, ReadingClock clock, CrateDbOptions options, Action drop)
    : IAsyncDisposable
{
    private const int LongestError = 64 * 1024;

    private AnswerReader? _reader;

    /// <summary>What stands around the rows; whole once they were read.</summary>
    public AnswerReader Answer => _reader ?? throw new InvalidOperationException("The answer was not opened.");

    /// <summary>Begins to read.</summary>
    public async Task<SqlReading> OpenAsync()
    {
        _reader = new AnswerReader(await response.Content.ReadAsStreamAsync(clock.Begin()));
        return this;
    }

    /// <summary>The next row; null at the end.</summary>
    public async ValueTask<Row?> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await Answer.ReadAsync(clock.Begin());
        }
        catch (JsonException error)
        {
            throw Unreadable(error);
        }
        catch (Exception error) when (!clock.IsCancelled && (error is OperationCanceledException || NetworkErrors.IsNetwork(error)))
        {
            drop();
            throw NetworkErrors.AnswerLost(options.Name, host, error);
        }
    }

    /// <summary>What came is no answer of CrateDB.</summary>
    public EngineException Unreadable(JsonException error)
    {
        drop();
        return new(
            ServerCodes.NoSuchServer,
            $"{options.Name}: what {host.Text} answers is no answer of CrateDB. Check host and port: its HTTP port is usually 4200.",
            isTransient: false,
            error
        );
    }

    /// <summary>The error that the server gave.</summary>
    public async Task<VarveException> RefusedAsync(IReadOnlyList<string> secrets)
    {
        await using (this)
        {
            await using var stream = await response.Content.ReadAsStreamAsync(clock.Begin());
            var bytes = new byte[LongestError];
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, clock.Begin());
            var error = ServerError.Read(Encoding.UTF8.GetString(bytes.AsSpan(0, length)));
            return ServerErrors.Of((int)response.StatusCode, error, options.Name, options.Redactor.With(secrets));
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_reader is not null)
            await _reader.DisposeAsync();
        response.Dispose();
        clock.Dispose();
    }
}
