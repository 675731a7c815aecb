using System.Globalization;
using Varve.Engines.Tests.Scratch;
using Varve.Engines.Tests.Truth;

namespace Varve.Engines.Tests.Histories;

/// <summary>At the end of a life: every row that Varve removed comes back from the archive as it was, none twice, and no other.</summary>
public sealed class ArchiveCheck(Story story, HistoryModel model)
{
    public async Task RunAsync()
    {
        var report = await story.WithAsync(l => l.VerifyArchivesAsync([]));
        Assert.True(report.Agrees, string.Join("; ", report.Parts.Select(p => p.Problem).OfType<string>()));
        if (report.Parts.Count == 0)
        {
            Assert.True(model.Archived.Count == 0, "rows went and are in no archive");
            return;
        }

        var restored = await story.WithAsync(l => l.RestoreAsync(new() { Policy = story.Policy.Name }));
        var rows = (await story.Db.ReadAsync(story.Table with { Name = restored.Table })).Select(Text).ToList();
        var twice = rows.GroupBy(r => r).FirstOrDefault(g => g.Count() > 1);
        Assert.True(twice is null, $"archived twice: {twice?.Key}");
        var there = rows.ToHashSet(StringComparer.Ordinal);
        foreach (var row in model.Archived)
            Assert.True(there.Contains(Text(row.Row)), $"it went and is in no archive: {BucketCheck.Text(row)}");
    }

    private static string Text(SourceRow row) =>
        $"#{Convert.ToInt64(row.Values[HistoryTable.Id], CultureInfo.InvariantCulture)} {Close.Show(row.At)} {string.Join('|', row.Values.Select(Close.Show))}";
}
