using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.Scratch;

namespace Varve.Engines.Tests;

public sealed class DuckDbTime() : TimeConformance(DuckDbMemory.New);

public sealed class DuckDbOddTimes() : OddTimeConformance(DuckDbMemory.New)
{
    [Theory]
    [InlineData("UBIGINT", "s", "18446744073709551615", false)]
    [InlineData("UBIGINT", "ns", "18446744073709551615", false)]
    [InlineData("HUGEINT", "us", "-170141183460469231731687303715884105728", false)]
    [InlineData("UINTEGER", "ms", "4294967295", true)]
    public Task Integers_without_a_sign_and_of_128_bits_are_read(string type, string unit, string odd, bool isKnown) =>
        Integers_of_every_width_are_read(type, unit, odd, isKnown);
}

public sealed class DuckDbArrivals() : ArrivalConformance(DuckDbMemory.New);

public sealed class DuckDbSource() : SourceConformance(DuckDbMemory.New);

public sealed class DuckDbLongAgo() : LongAgoConformance(DuckDbMemory.New)
{
    [Fact]
    public Task Many_rows_of_today_beside_one_of_long_ago_are_worked_off_in_slices_of_their_own() => ManyRowsOfTodayAsync();
}

public sealed class DuckDbSpelling() : SpellingConformance(DuckDbMemory.New);

public sealed class DuckDbExpiry() : ExpiryConformance(DuckDbMemory.New);

public sealed class DuckDbHolds() : HoldConformance(DuckDbMemory.New);

public sealed class DuckDbProofs() : ProofConformance(DuckDbMemory.New);

public sealed class DuckDbCorrections() : CorrectionConformance(DuckDbMemory.New);

public sealed class DuckDbBrake() : BrakeConformance(DuckDbMemory.New);

public sealed class DuckDbStates() : StateConformance(DuckDbMemory.New);

public sealed class DuckDbCoverage() : CoverageConformance(DuckDbMemory.New);

public sealed class DuckDbRepair() : RepairConformance(DuckDbMemory.New);

public sealed class DuckDbLate() : LateConformance(DuckDbMemory.New);

public sealed class DuckDbDeletions() : DeletionConformance(DuckDbMemory.New);

public sealed class DuckDbChanges() : ChangeConformance(DuckDbMemory.New);

public sealed class DuckDbRetired() : RetiredConformance(DuckDbMemory.New);

public sealed class DuckDbTypeChanges() : TypeChangeConformance(DuckDbMemory.New);

public sealed class DuckDbAside() : AsideConformance(DuckDbMemory.New);

public sealed class DuckDbMerging() : MergeConformance(DuckDbMemory.New);

public sealed class DuckDbErasing() : EraseConformance(DuckDbMemory.New);

public sealed class DuckDbPatterns() : PatternConformance(DuckDbMemory.New);

public sealed class DuckDbPatternChanges() : PatternChangeConformance(DuckDbMemory.New);

public sealed class DuckDbBackfill() : BackfillConformance(DuckDbMemory.New);

public sealed class DuckDbSwap() : SwapConformance(DuckDbMemory.New);

public sealed class DuckDbSuccessors() : SuccessorConformance(DuckDbMemory.New);

public sealed class DuckDbReading() : ReadingConformance(DuckDbMemory.New);

public sealed class DuckDbAnswers() : AnswerConformance(DuckDbMemory.New);

public sealed class DuckDbArchives() : ArchiveConformance(DuckDbMemory.New);

public sealed class DuckDbBrokenArchives() : BrokenArchiveConformance(DuckDbMemory.New);

public sealed class DuckDbStrangeArchives() : StrangeArchiveConformance(DuckDbMemory.New);

public sealed class DuckDbRestore() : RestoreConformance(DuckDbMemory.New);

public sealed class DuckDbMonths() : MonthConformance(DuckDbMemory.New);

public sealed class DuckDbRuns() : RunConformance(DuckDbScratch.New);

public sealed class DuckDbWatch() : WatchConformance(DuckDbMemory.New);

public sealed class DuckDbProposals() : ProposalConformance(DuckDbMemory.New);

public sealed class DuckDbForecasts() : ForecastConformance(DuckDbMemory.New);

public sealed class DuckDbDoctor() : DoctorConformance(DuckDbMemory.New)
{
    [Fact]
    public Task A_view_whose_table_lost_a_column_is_broken() =>
        What_was_broken_is_found("ALTER TABLE m.cpu_1h_states DROP COLUMN v_max", "view.broken", Diagnosis.Severity.Error);
}

public sealed class DuckDbBrokenTiers() : BrokenTierConformance(DuckDbMemory.New);

public sealed class DuckDbBadInput() : BadInputConformance(DuckDbMemory.New);

public sealed class DuckDbViews() : ViewConformance(DuckDbMemory.New);

public sealed class DuckDbNames() : NameConformance(DuckDbScratch.New);

public sealed class DuckDbHistories() : Histories.HistoryProperties(DuckDbMemory.New, Histories.History.Gen, Enumerable.Range(0, 30));

public sealed class DuckDbOtherHistories()
    : Histories.HistoryProperties(DuckDbMemory.New, Histories.History.Gen, Enumerable.Range(100, 30));

public sealed class DuckDbBusyHistories() : Histories.HistoryProperties(DuckDbMemory.New, Histories.History.Busy, Enumerable.Range(0, 20));

public sealed class DuckDbOddLives() : Histories.OddLives(DuckDbMemory.New, [0, 1, 2, 4, 17]);

public sealed class DuckDbPastLives() : Histories.PastLives(DuckDbMemory.New);

public sealed class DuckDbKills(Kills.Beginnings beginnings) : Kills.KillSuite(DuckDbScratch.New, beginnings);

public sealed class DuckDbFaults() : Faults.FaultSuite(DuckDbScratch.New);

public sealed class DuckDbMoves() : Moves.MoveSuite(DuckDbMemory.New);

public sealed class DuckDbQueries() : QueryConformance(DuckDbMemory.New);

public sealed class DuckDbShown() : ShownConformance(DuckDbMemory.New);

public sealed class DuckDbStepLog() : StepLogConformance(DuckDbMemory.New, "duckdb");
