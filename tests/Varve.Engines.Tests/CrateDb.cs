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

public sealed class CrateDbViews() : ViewConformance(CrateDbScratch.New);

public sealed class CrateDbShown() : ShownConformance(CrateDbScratch.New);

public sealed class CrateDbChanges() : ChangeConformance(CrateDbScratch.New);

public sealed class CrateDbRetired() : RetiredConformance(CrateDbScratch.New);

public sealed class CrateDbTypeChanges() : TypeChangeConformance(CrateDbScratch.New);

public sealed class CrateDbPatterns() : PatternConformance(CrateDbScratch.New);

public sealed class CrateDbRuns() : RunConformance(CrateDbScratch.New);

public sealed class CrateDbSpellings() : SpellingConformance(CrateDbScratch.New);
