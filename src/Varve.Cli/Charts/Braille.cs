namespace Varve.Cli.Charts;

/// <summary>A grid of dots, two by four to a character (U+2800).</summary>
internal sealed class Braille(int columns, int rows)
{
    private readonly byte[,] _cells = new byte[rows, columns];

    internal int Width => columns * 2;

    internal int Height => rows * 4;

    /// <summary>The character of a cell; null where no dot is set.</summary>
    internal char? this[int row, int column] => _cells[row, column] == 0 ? null : (char)(0x2800 + _cells[row, column]);

    internal void Dot(int x, int y)
    {
        if (x < 0 || y < 0 || x >= Width || y >= Height)
            return;
        var bit = (y % 4) switch
        {
            3 => x % 2 == 0 ? 6 : 7,
            var line => line + (x % 2 == 0 ? 0 : 3),
        };
        _cells[y / 4, x / 2] |= (byte)(1 << bit);
    }

    /// <summary>A line of dots without gaps (Bresenham).</summary>
    internal void Line(int x0, int y0, int x1, int y1)
    {
        var (dx, dy) = (Math.Abs(x1 - x0), -Math.Abs(y1 - y0));
        var (stepX, stepY) = (Math.Sign(x1 - x0), Math.Sign(y1 - y0));
        var error = dx + dy;
        while (true)
        {
            Dot(x0, y0);
            if (x0 == x1 && y0 == y1)
                return;
            var twice = 2 * error;
            if (twice >= dy)
            {
                error += dy;
                x0 += stepX;
            }

            if (twice <= dx)
            {
                error += dx;
                y0 += stepY;
            }
        }
    }
}
