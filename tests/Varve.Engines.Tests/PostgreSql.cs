using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests;

public sealed class PostgreSqlTime() : TimeConformance(PostgreSqlScratch.New);

[LacksTimes(TimeKind.TimestampNanoseconds)]
public sealed class PostgreSqlOddTimes() : OddTimeConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlArrivals() : ArrivalConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlSource() : SourceConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlMonths() : MonthConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlLongAgo() : LongAgoConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlSpelling() : SpellingConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlExpiry() : ExpiryConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlHolds() : HoldConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlProofs() : ProofConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlCorrections() : CorrectionConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlBrake() : BrakeConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlStates() : StateConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlCoverage() : CoverageConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlRepair() : RepairConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlLate() : LateConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlDeletions() : DeletionConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlChanges() : ChangeConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlRetired() : RetiredConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlTypeChanges() : TypeChangeConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlAside() : AsideConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlMerging() : MergeConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlErasing() : EraseConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlPatterns() : PatternConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlPatternChanges() : PatternChangeConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlBackfill() : BackfillConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlSwap() : SwapConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlSuccessors() : SuccessorConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlReading() : ReadingConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlAnswers() : AnswerConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlWatch() : WatchConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlProposals() : ProposalConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlForecasts() : ForecastConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlDoctor() : DoctorConformance(PostgreSqlScratch.New)
{
    [Fact]
    public Task A_view_whose_source_lost_a_column_is_broken() =>
        What_was_broken_is_found("ALTER TABLE m.cpu DROP COLUMN v", "view.broken", Diagnosis.Severity.Error);
}

public sealed class PostgreSqlBrokenTiers() : BrokenTierConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlBadInput() : BadInputConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlViews() : ViewConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlKills(Kills.Beginnings beginnings) : Kills.KillSuite(PostgreSqlScratch.NewToCopy, beginnings)
{
    protected override int Samples => 3;
}

public sealed class PostgreSqlHistories()
    : Histories.HistoryProperties(PostgreSqlScratch.New, Histories.History.Gen, Enumerable.Range(200, 20));

public sealed class PostgreSqlBusyHistories()
    : Histories.HistoryProperties(PostgreSqlScratch.New, Histories.History.Busy, Enumerable.Range(200, 20));

public sealed class PostgreSqlOddLives() : Histories.OddLives(PostgreSqlScratch.New, [0, 1, 2]);

public sealed class PostgreSqlArchives() : ArchiveConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlBrokenArchives() : BrokenArchiveConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlStrangeArchives() : StrangeArchiveConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlRestores() : RestoreConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlQueries() : QueryConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlShown() : ShownConformance(PostgreSqlScratch.New);

public sealed class PostgreSqlStepLog() : StepLogConformance(PostgreSqlScratch.New, "postgresql");
