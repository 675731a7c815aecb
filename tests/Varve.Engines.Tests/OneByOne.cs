using Varve.Engines.Tests.Conformance;
using Varve.Engines.Tests.OneByOne;

namespace Varve.Engines.Tests;

public sealed class OneByOneTime() : TimeConformance(OneByOneMemory.New);

public sealed class OneByOneOddTimes() : OddTimeConformance(OneByOneMemory.New);

public sealed class OneByOneArrivals() : ArrivalConformance(OneByOneMemory.New);

public sealed class OneByOneSource() : SourceConformance(OneByOneMemory.New);

public sealed class OneByOneLongAgo() : LongAgoConformance(OneByOneMemory.New);

public sealed class OneByOneSpelling() : SpellingConformance(OneByOneMemory.New);

public sealed class OneByOneExpiry() : ExpiryConformance(OneByOneMemory.New);

public sealed class OneByOneHolds() : HoldConformance(OneByOneMemory.New);

public sealed class OneByOneProofs() : ProofConformance(OneByOneMemory.New);

public sealed class OneByOneCorrections() : CorrectionConformance(OneByOneMemory.New);

public sealed class OneByOneBrake() : BrakeConformance(OneByOneMemory.New);

public sealed class OneByOneStates() : StateConformance(OneByOneMemory.New);

public sealed class OneByOneCoverage() : CoverageConformance(OneByOneMemory.New);

public sealed class OneByOneRepair() : RepairConformance(OneByOneMemory.New);

public sealed class OneByOneLate() : LateConformance(OneByOneMemory.New);

public sealed class OneByOneDeletions() : DeletionConformance(OneByOneMemory.New);

public sealed class OneByOneChanges() : ChangeConformance(OneByOneMemory.New);

public sealed class OneByOneRetired() : RetiredConformance(OneByOneMemory.New);

public sealed class OneByOneTypeChanges() : TypeChangeConformance(OneByOneMemory.New);

public sealed class OneByOneAside() : AsideConformance(OneByOneMemory.New);

public sealed class OneByOnePatterns() : PatternConformance(OneByOneMemory.New);

public sealed class OneByOnePatternChanges() : PatternChangeConformance(OneByOneMemory.New);

public sealed class OneByOneBackfill() : BackfillConformance(OneByOneMemory.New);

public sealed class OneByOneSwap() : SwapConformance(OneByOneMemory.New);

public sealed class OneByOneSuccessors() : SuccessorConformance(OneByOneMemory.New);

public sealed class OneByOneReading() : ReadingConformance(OneByOneMemory.New);

public sealed class OneByOneAnswers() : AnswerConformance(OneByOneMemory.New);

public sealed class OneByOneArchives() : ArchiveConformance(OneByOneMemory.New);

public sealed class OneByOneBrokenArchives() : BrokenArchiveConformance(OneByOneMemory.New);

public sealed class OneByOneStrangeArchives() : StrangeArchiveConformance(OneByOneMemory.New);

public sealed class OneByOneRestore() : RestoreConformance(OneByOneMemory.New);

public sealed class OneByOneRuns() : RunConformance(OneByOneMemory.New);

public sealed class OneByOneWatch() : WatchConformance(OneByOneMemory.New);

public sealed class OneByOneProposals() : ProposalConformance(OneByOneMemory.New);

public sealed class OneByOneForecasts() : ForecastConformance(OneByOneMemory.New);

public sealed class OneByOneDoctor() : DoctorConformance(OneByOneMemory.New);

public sealed class OneByOneBrokenTiers() : BrokenTierConformance(OneByOneMemory.New);

public sealed class OneByOneBadInput() : BadInputConformance(OneByOneMemory.New);

public sealed class OneByOneViews() : ViewConformance(OneByOneMemory.New);

public sealed class OneByOneNames() : NameConformance(OneByOneMemory.New);

public sealed class OneByOneMoves() : Moves.MoveSuite(OneByOneMemory.New);

public sealed class OneByOnePostgreSqlSource() : SourceConformance(OneByOnePostgreSql.New);

public sealed class OneByOnePostgreSqlExpiry() : ExpiryConformance(OneByOnePostgreSql.New);

public sealed class OneByOnePostgreSqlHolds() : HoldConformance(OneByOnePostgreSql.New);

public sealed class OneByOnePostgreSqlProofs() : ProofConformance(OneByOnePostgreSql.New);

public sealed class OneByOnePostgreSqlChanges() : ChangeConformance(OneByOnePostgreSql.New);

public sealed class OneByOnePostgreSqlRetired() : RetiredConformance(OneByOnePostgreSql.New);

public sealed class OneByOnePostgreSqlTypeChanges() : TypeChangeConformance(OneByOnePostgreSql.New);

public sealed class OneByOnePostgreSqlRuns() : RunConformance(OneByOnePostgreSql.New);

public sealed class OneByOnePostgreSqlViews() : ViewConformance(OneByOnePostgreSql.New);

public sealed class OneByOneShown() : ShownConformance(OneByOneMemory.New);

public sealed class OneByOneHistories() : Histories.HistoryProperties(OneByOneMemory.New, Histories.History.Gen, Enumerable.Range(0, 30));

public sealed class OneByOnePastLives() : Histories.PastLives(OneByOneMemory.New);

public sealed class OneByOneOddLives() : Histories.OddLives(OneByOneMemory.New, [0, 2, 17]);
