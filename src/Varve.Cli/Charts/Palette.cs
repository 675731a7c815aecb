namespace Varve.Cli.Charts;

/// <summary>The colours of a picture, as <c>#rrggbb</c>.</summary>
internal sealed record Palette(
    string Ground,
    string Grid,
    string Ink,
    string Faint,
    string Band,
    string Limit,
    IReadOnlyList<string> Lines,
    IReadOnlyList<string> Layers
)
{
    /// <summary>On paper.</summary>
    internal static Palette Light { get; } =
        new(
            "#fbfaf7",
            "#e3e0d7",
            "#22313a",
            "#66727a",
            "#7fa8a3",
            "#b3261e",
            [
                "#b4552d",
                "#2f6f8f",
                "#6b8e23",
                "#8a5a9e",
                "#c79a1e",
                "#3a9a8a",
                "#c2527c",
                "#5b6bb5",
                "#7a5c3e",
                "#4f8f4f",
                "#8c979c",
                "#a03333",
            ],
            ["#e9dfc7", "#c9b994", "#a3b8b0", "#7fa8a3", "#5c7f86", "#3f5561"]
        );

    /// <summary>On a dark page.</summary>
    internal static Palette Dark { get; } =
        new(
            "#14191c",
            "#2b3338",
            "#e6e3da",
            "#98a4aa",
            "#5c8b87",
            "#ff7a70",
            [
                "#ec8d62",
                "#6fb7d9",
                "#a8cc5c",
                "#c297d6",
                "#ecc65a",
                "#6ccfbd",
                "#ec8fb2",
                "#98a6ec",
                "#c7a27d",
                "#8fcf8f",
                "#c3cbd0",
                "#e57373",
            ],
            ["#4a4433", "#5f5842", "#4a5f59", "#3d5f5b", "#35515a", "#2b414c"]
        );

    internal string Line(int number) => Lines[number % Lines.Count];

    /// <summary>Sediment: of so many layers from the coarsest to the source, the youngest is the first colour.</summary>
    internal string Layer(int fromYoungest) => Layers[fromYoungest % Layers.Count];
}
