namespace Varve.Cli.Render;

/// <summary>
/// A stream of this process that people or scripts read. What it cannot take, on a full disk for example, is remembered and
/// ends nothing: the work goes on, and the exit code says that output was lost.
/// </summary>
internal sealed class Outlet(Stream inner) : Stream
{
    /// <summary>What was printed or reported did not arrive.</summary>
    internal const string Code = "VRV010";

    /// <summary>Why something that was printed did not arrive; null where everything did.</summary>
    internal string? Lost { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() => Try(inner, static (stream, _) => stream.Flush(), []);

    public override void Write(ReadOnlySpan<byte> buffer) => Try(inner, static (stream, bytes) => stream.Write(bytes), buffer);

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Try(Stream stream, Action<Stream, ReadOnlySpan<byte>> act, ReadOnlySpan<byte> bytes)
    {
        try
        {
            act(stream, bytes);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Lost ??= error.Message.TrimEnd('.', ' ');
        }
    }
}
