namespace Varve.Policies;

/// <summary>A code of a problem with a policy.</summary>
/// <param name="Code">The stable code, the anchor in the documentation.</param>
/// <param name="Title">What it is, in a few words.</param>
/// <param name="WayOut">What to do about it.</param>
/// <param name="IsWarning">True where it is advice and refuses nothing.</param>
public sealed record PolicyCode(string Code, string Title, string WayOut, bool IsWarning = false);

/// <summary>Every code of a problem with a policy. The documentation is made from <see cref="All"/>.</summary>
public static class PolicyCodes
{
    internal const string Syntax = "VRV101";
    internal const string UnknownKey = "VRV102";
    internal const string NotYet = "VRV103";
    internal const string WrongValue = "VRV104";
    internal const string MissingKey = "VRV105";
    internal const string GivenTwice = "VRV106";
    internal const string Unreadable = "VRV107";
    internal const string OneEach = "VRV108";
    internal const string NothingToDo = "VRV110";
    internal const string KeepTooShort = "VRV111";
    internal const string KeepShrinks = "VRV112";
    internal const string NotCoarser = "VRV113";
    internal const string NotUnique = "VRV114";
    internal const string UnknownZone = "VRV115";
    internal const string NoInterval = "VRV116";
    internal const string WidthMismatch = "VRV117";
    internal const string Tag = "VRV118";
    internal const string Reserved = "VRV119";
    internal const string TwoRoles = "VRV120";
    internal const string NoInput = "VRV121";
    internal const string NeverRuns = "VRV122";
    internal const string Hops = "VRV123";
    internal const string UnknownTable = "VRV130";
    internal const string UnknownColumn = "VRV131";
    internal const string TimeType = "VRV132";
    internal const string FunctionType = "VRV133";
    internal const string SeriesMissing = "VRV134";
    internal const string NameTaken = "VRV135";
    internal const string NameTooLong = "VRV136";
    internal const string ColumnName = "VRV153";
    internal const string TooManyColumns = "VRV137";
    internal const string NotATable = "VRV138";
    internal const string NamesCollide = "VRV139";
    internal const string TimeUnit = "VRV140";
    internal const string ArchiveForever = "VRV141";
    internal const string ArchiveName = "VRV142";
    internal const string ArchiveType = "VRV143";
    internal const string ArchiveDrill = "VRV144";
    internal const string NoArchives = "VRV145";
    internal const string NoMerging = "VRV146";
    internal const string NoRelocation = "VRV147";
    internal const string NoParts = "VRV148";
    internal const string NoPlace = "VRV149";
    internal const string Unchangeable = "VRV150";
    internal const string ViewsRead = "VRV151";
    internal const string PartitionWidth = "VRV152";
    internal const string AskTime = "VRV160";
    internal const string NoTime = "VRV161";
    internal const string Undeclared = "VRV189";
    internal const string TakenAsUtc = "VRV190";
    internal const string Vanishes = "VRV191";
    internal const string LeftOut = "VRV192";
    internal const string NoMatch = "VRV193";
    internal const string BothDays = "VRV194";
    internal const string RollUpOnly = "VRV195";
    internal const string KeptTwice = "VRV196";
    internal const string AlsoDone = "VRV197";

    /// <summary>All codes in the order of their numbers.</summary>
    public static IReadOnlyList<PolicyCode> All { get; } =
    [
        new(Syntax, "The text is not YAML.", "Mend the line; indent with blanks, not with tabs."),
        new(UnknownKey, "A key that no policy has.", "Write the key that the message names, or take the line out."),
        new(NotYet, "A key or a value whose feature is not built yet.", "Take it out; nothing is ever ignored in silence."),
        new(WrongValue, "A value that its key does not take.", "Write one of the values that the message names."),
        new(MissingKey, "A required key is missing.", "Add it."),
        new(GivenTwice, "A key stands twice, or two keys say the same thing.", "Keep one of them."),
        new(Unreadable, "A policy file cannot be read.", "Check the path, the rights and the encoding (UTF-8)."),
        new(OneEach, "Two policies for one table, or two of one name.", "A table belongs to exactly one policy: merge them or rename one."),
        new(NothingToDo, "The policy keeps everything and has no tiers.", "Give it `keep` or `tiers`."),
        new(
            KeepTooShort,
            "An input goes before what is built from it can close.",
            "Keep the input longer, or make the tier finer, `late` or `recheck` shorter."
        ),
        new(
            KeepShrinks,
            "A coarser tier goes before a finer one.",
            "Make keeps grow, or stay equal, from the source to the coarsest tier."
        ),
        new(NotCoarser, "The tiers do not get coarser.", "List them from the finest to the coarsest, each width once in each zone."),
        new(NotUnique, "Something is listed twice.", "Take one of them out, or give one another name."),
        new(UnknownZone, "A time zone that does not exist.", "Write a name of the IANA data, such as Europe/Berlin."),
        new(NoInterval, "`min_coverage` without `interval`.", "Say how often a value is expected with `interval`."),
        new(WidthMismatch, "A zone or an origin that the width has no use for.", "Zones are for calendar widths, origins for fixed ones."),
        new(Tag, "A tag that is not a word.", "Use letters, digits, and any of _ - . : / inside."),
        new(
            Reserved,
            "A name that Varve needs or no database takes.",
            "Rename the column or the measure; names of Varve's own start with varve_."
        ),
        new(
            TwoRoles,
            "One column has two roles, or a derived column has the name of another one.",
            "Give the measure another name in its long form."
        ),
        new(NoInput, "No finer tier, nor the source, can build a tier.", "Add the tier that the message names, or keep the source longer."),
        new(
            NeverRuns,
            "A schedule by which nothing ever runs, or of which runs would overtake one another.",
            "Write a date that exists, an `end` behind the `start`, an `except` that leaves something, and a `jitter` shorter than the time between two runs."
        ),
        new(
            Hops,
            "Hops of `relocate` that do not lead on.",
            "List them from the earliest to the latest, each to another place than the one before it, and all of them before the rows go."
        ),
        new(UnknownTable, "The table does not exist.", "Check schema and name; names are compared exactly."),
        new(UnknownColumn, "The table has no such column.", "Check the name; names are compared exactly."),
        new(TimeType, "The time column has a type that holds no time.", "Name a timestamp or a date, or say the unit of an integer."),
        new(
            FunctionType,
            "The type of a column does not fit what the policy does with it.",
            "Use one of the functions that the message names."
        ),
        new(
            SeriesMissing,
            "The policy does not say what one series is.",
            "Add `series` with the columns that tell things apart, or `series: []` if it is one series."
        ),
        new(NameTaken, "A relation of that name is there and is not Varve's.", "Give the tier another `name`, or the policy a `schema`."),
        new(NameTooLong, "A name is longer than the engine takes.", "Give the tier or the measure a shorter name."),
        new(
            ColumnName,
            "A tier would have a column of a name that the engine does not take, as what lies below an object on CrateDB has.",
            "Give a measure a name of its own (`temperature: { column: \"payload['temperature']\", functions: [avg] }`). For a time or series column name a generated column of the table."
        ),
        new(
            TooManyColumns,
            "A tier would have more columns than the engine takes.",
            "Measure fewer columns, leave functions out, or give DuckDB more memory: it holds 1.1 MB of each column that it writes, so that 1,000 of them need `memory_limit=1200MB`. Without `memory_limit` DuckDB gets what the widest tier takes by itself, up to half of what the process may use. PostgreSQL has room for 1,000 columns in a row."
        ),
        new(
            NotATable,
            "The source is a view, a foreign table or a temporary table, and the policy would remove, archive or move its rows.",
            "Take out the key that the message names, or name the table behind it. Views and foreign tables of PostgreSQL can be rolled up."
        ),
        new(NamesCollide, "Two relations would have one name.", "Give one tier another `name`."),
        new(
            TimeUnit,
            "A boundary cannot be written in the time column.",
            "Use a width and an origin in whole units of the column; a date takes calendar widths in UTC."
        ),
        new(ArchiveForever, "An archive of rows that are kept forever.", "Give the source a `keep`, or take `archive` out."),
        new(
            ArchiveName,
            "`archive` does not name a location.",
            "Write the name under which the operator declares it: letters, digits, and any of _ - . inside."
        ),
        new(
            ArchiveType,
            "A column cannot be archived: its values would come back as others.",
            "Store the column in a type that the message names, or leave it out of the table."
        ),
        new(
            ArchiveDrill,
            "`drill` on an engine that does not archive by snapshots.",
            "Take `drill` out: every part is read back and compared before rows go, anyway."
        ),
        new(NoArchives, "The engine cannot archive.", "Take `archive` out."),
        new(
            NoMerging,
            "`late_after_expiry: merge` on an engine without transactions, or `discard` where only whole partitions go.",
            "Take the key out, which holds late rows, or do as the message says."
        ),
        new(
            NoRelocation,
            "The engine cannot move parts of a table, or not to such a place.",
            "Take `relocate` out, or write the place as the message says."
        ),
        new(
            NoParts,
            "`relocate` for a table without partitions by time, or `expire: partitions` for a hypertable of TimescaleDB.",
            "Partition the table by ranges of its time column, or take the key out."
        ),
        new(
            NoPlace,
            "Nothing can be moved to a place of `relocate`: it is not there, or the database user has no right to it.",
            "Check the name, or grant what the message names."
        ),
        new(
            Unchangeable,
            "A change that would mix what is built with something else.",
            "Give the measure or the tier another name, or make a new policy."
        ),
        new(
            ViewsRead,
            "A view that is not Varve's reads what would go from one of its views.",
            "Change or drop that view first, or keep the function or the tier that it reads."
        ),
        new(
            PartitionWidth,
            "How long partitions are is said where the table tells it, or not said where it does not; or `seal` where nothing can be closed for writes.",
            "Say source: { partition: { by: COLUMN, every: 1d } } for a column that writers fill, and for no other; or source: { expire: rows }."
        ),
        new(
            AskTime,
            "No policy can be proposed before a person says which column is the time.",
            "Name it, an integer with its unit: varve init TABLE --time ts, or --time ts:ms."
        ),
        new(
            NoTime,
            "The table has no column that could be its time.",
            "Nothing, if it is no time series; else name the column: varve init TABLE --time ts:ms."
        ),
        new(
            Undeclared,
            "The location of the archive is not declared here.",
            "Set the variable that the message names where `varve run` runs, or give it `--archive name=path`.",
            IsWarning: true
        ),
        new(TakenAsUtc, "A time column without a zone is read as UTC.", "Nothing, if it is UTC.", IsWarning: true),
        new(Vanishes, "Columns whose values are in no tier.", "Measure them, or leave them to go with the source.", IsWarning: true),
        new(
            LeftOut,
            "A pattern leaves out a table that it matches, or a column of one.",
            "Mend what the message names; give the table a policy of its own, or name it under `except`.",
            IsWarning: true
        ),
        new(NoMatch, "A pattern matches no table.", "Nothing, if the tables come later; else check schema and name.", IsWarning: true),
        new(
            BothDays,
            "A cron expression restricts the day of month and the day of week.",
            "Nothing, if both are meant: crontab(5) runs on either, Varve only where both hold.",
            IsWarning: true
        ),
        new(
            RollUpOnly,
            "The source is a view or a foreign table: it is rolled up, and nothing of it is removed.",
            "Nothing, if that is meant; else name the table behind it.",
            IsWarning: true
        ),
        new(
            KeptTwice,
            "Another tool drops old parts of the same table.",
            "Take its retention out: for pg_partman, set retention to NULL in part_config.",
            IsWarning: true
        ),
        new(
            AlsoDone,
            "Foreign keys, triggers or rules make the database do more when rows of the table go: rows of other tables go with them, or none does.",
            "Nothing, where that is meant; else drop the foreign key, the trigger or the rule, or take `keep` out.",
            IsWarning: true
        ),
    ];
}
