using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests;

public sealed class CrateDbTimes() : TimeConformance(CrateDbScratch.New);

[LacksTimes(TimeKind.TimestampSeconds, TimeKind.TimestampNanoseconds, TimeKind.Date)]
public sealed class CrateDbOddTimes() : OddTimeConformance(CrateDbScratch.New);

public sealed class CrateDbArrivals() : ArrivalConformance(CrateDbScratch.New);

public sealed class CrateDbSource() : SourceConformance(CrateDbScratch.New);

public sealed class CrateDbLongAgo() : LongAgoConformance(CrateDbScratch.New);

public sealed class CrateDbExpiry() : ExpiryConformance(CrateDbScratch.New);

public sealed class CrateDbHolds() : HoldConformance(CrateDbScratch.New);

public sealed class CrateDbProofs() : ProofConformance(CrateDbScratch.New);

public sealed class CrateDbCorrections() : CorrectionConformance(CrateDbScratch.New);

public sealed class CrateDbBrake() : BrakeConformance(CrateDbScratch.New);

public sealed class CrateDbStates() : StateConformance(CrateDbScratch.New);

public sealed class CrateDbCoverage() : CoverageConformance(CrateDbScratch.New);

public sealed class CrateDbRepair() : RepairConformance(CrateDbScratch.New);

public sealed class CrateDbLate() : LateConformance(CrateDbScratch.New);

public sealed class CrateDbDeletions() : DeletionConformance(CrateDbScratch.New);

public sealed class CrateDbAside() : AsideConformance(CrateDbScratch.New);

public sealed class CrateDbPatternChanges() : PatternChangeConformance(CrateDbScratch.New);

public sealed class CrateDbBackfill() : BackfillConformance(CrateDbScratch.New);

public sealed class CrateDbSwap() : SwapConformance(CrateDbScratch.New);

public sealed class CrateDbSuccessors() : SuccessorConformance(CrateDbScratch.New);

public sealed class CrateDbReading() : ReadingConformance(CrateDbScratch.New);

public sealed class CrateDbAnswers() : AnswerConformance(CrateDbScratch.New);

public sealed class CrateDbWatch() : WatchConformance(CrateDbScratch.New);

public sealed class CrateDbProposals() : ProposalConformance(CrateDbScratch.New);

public sealed class CrateDbForecasts() : ForecastConformance(CrateDbScratch.New);

public sealed class CrateDbDoctor() : DoctorConformance(CrateDbScratch.New)
{
    [Fact]
    public Task A_view_whose_source_lost_a_column_is_broken() =>
        What_was_broken_is_found("ALTER TABLE m.cpu DROP COLUMN v", "view.broken", Diagnosis.Severity.Error);
}

public sealed class CrateDbBrokenTiers() : BrokenTierConformance(CrateDbScratch.New);

public sealed class CrateDbBadInput() : BadInputConformance(CrateDbScratch.New);

public sealed class CrateDbNames() : NameConformance(CrateDbScratch.New)
{
    protected override void ExpectStates(RelationShape states) =>
        ExpectColumns(
            states,
            type =>
                type switch
                {
                    "TIMESTAMP" => "timestamp without time zone",
                    "VARCHAR" => "text",
                    "DOUBLE" => "double precision",
                    "FLOAT" => "real",
                    _ when type.StartsWith("DECIMAL", StringComparison.Ordinal) => "numeric",
                    _ => type.ToLowerInvariant(),
                }
        );
}

public sealed class CrateDbMerging() : ConformanceSuite(CrateDbScratch.New)
{
    [Fact]
    public async Task Late_rows_are_not_merged_and_the_two_ways_out_lead_on()
    {
        const string Kept = "keep: 3d\ntiers: [{ every: 1h }]";
        var rows = Every("2025-01-01", "2025-01-11", "1h");
        var story = await BeginAsync(Policy(Kept), rows);
        var refused = await Assert.ThrowsAsync<PolicyException>(() => story.ApplyAsync(Policy($"late_after_expiry: merge\n{Kept}")));
        Assert.Equal("VRV146", refused.Code);
        Assert.Contains("Take `late_after_expiry` out, which holds them, or write `discard`", refused.Message, StringComparison.Ordinal);

        await story.RunWellAsync("2025-01-11");
        await story.InsertAsync(Row("2025-01-02T03:04:05Z", 1000));
        await story.RunWellAsync("2025-01-11");
        Assert.Single(await story.SourceAsync(), r => r.At < At("2025-01-08"));
        await story.ApplyAsync(Policy($"late_after_expiry: discard\nsource: {{ expire: rows }}\n{Kept}"));
        await story.RunWellAsync("2025-01-11");
        Assert.DoesNotContain(await story.SourceAsync(), r => r.At < At("2025-01-08"));
        await story.ExpectTiersAsync(rows);
    }
}

public sealed class CrateDbViews() : ViewConformance(CrateDbScratch.New);

public sealed class CrateDbShown() : ShownConformance(CrateDbScratch.New);

public sealed class CrateDbChanges() : ChangeConformance(CrateDbScratch.New);

public sealed class CrateDbRetired() : RetiredConformance(CrateDbScratch.New);

public sealed class CrateDbTypeChanges() : TypeChangeConformance(CrateDbScratch.New);

public sealed class CrateDbPatterns() : PatternConformance(CrateDbScratch.New);

public sealed class CrateDbRuns() : RunConformance(CrateDbScratch.New);

public sealed class CrateDbSpellings() : SpellingConformance(CrateDbScratch.New);
