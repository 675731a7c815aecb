namespace Varve;

/// <summary>
/// The codes of what planning, running, asking and maintaining refuse or note; what is wrong with a policy, a URL or a database
/// has its own. docs/errors.md says of each what to do.
/// </summary>
public static class WorkCodes
{
    /// <summary>A defect in Varve, outside of a run.</summary>
    public const string Unexpected = "VRV000";

    /// <summary>What was typed cannot be.</summary>
    public const string Usage = "VRV100";

    /// <summary>The plan that was given does not fit any more.</summary>
    public const string StalePlan = "VRV201";

    /// <summary>The file is no plan, or one of a format that this version does not read.</summary>
    public const string NoPlanFile = "VRV202";

    /// <summary>Rows came for a range that has expired.</summary>
    public const string LateAfterExpiry = "VRV210";

    /// <summary>Rows have no time, an infinite one, or one out of range.</summary>
    public const string NoTime = "VRV211";

    /// <summary>Rows are later than the planning instant.</summary>
    public const string Future = "VRV212";

    /// <summary>A function was added after what older buckets were built from had gone.</summary>
    public const string UnknownStates = "VRV213";

    /// <summary>A function was added, and rows of its buckets changed since these were built.</summary>
    public const string ChangedBeforeFunction = "VRV214";

    /// <summary>The proof of the newest run found something in what it was to remove.</summary>
    public const string LastProof = "VRV215";

    /// <summary>A few rows lie alone, years before all others.</summary>
    public const string Alone = "VRV216";

    /// <summary>All rows lie in January 1970: the unit is too fine.</summary>
    public const string WrongUnit = "VRV217";

    /// <summary>Many rows of the source went, and their room is not free yet.</summary>
    public const string DeadRows = "VRV218";

    /// <summary>The demonstration did not end as it should.</summary>
    public const string BrokenDemo = "VRV300";

    /// <summary>Another run holds the lease, or another process the file.</summary>
    public const string Busy = "VRV301";

    /// <summary>The clocks of machine and database are too far apart.</summary>
    public const string Clocks = "VRV302";

    /// <summary>The instant of a run lies in the future.</summary>
    public const string AsOfLater = "VRV303";

    /// <summary>The id is the beginning of no run, or of several.</summary>
    public const string NoRun = "VRV304";

    /// <summary>No policy is stored.</summary>
    public const string NoPolicies = "VRV305";

    /// <summary>There is no policy of that name.</summary>
    public const string NoPolicy = "VRV306";

    /// <summary>No policy has the tags.</summary>
    public const string NoTag = "VRV307";

    /// <summary>A hold cannot be set.</summary>
    public const string BadHold = "VRV308";

    /// <summary>There is no such hold.</summary>
    public const string NoHold = "VRV309";

    /// <summary>Nothing waits for a person there.</summary>
    public const string NothingWaits = "VRV311";

    /// <summary>No bucket could be built again.</summary>
    public const string NothingToBuild = "VRV312";

    /// <summary>There is no retired tier to drop, or it must not go.</summary>
    public const string NothingRetired = "VRV313";

    /// <summary>No column's type changed, or its values would be others.</summary>
    public const string TypesStay = "VRV314";

    /// <summary>Somebody changed the policy since it was read.</summary>
    public const string OtherRevision = "VRV315";

    /// <summary>A pattern stands where one table is meant.</summary>
    public const string OfPattern = "VRV316";

    /// <summary>A step would remove more rows than the run may.</summary>
    public const string TooManyRows = "VRV317";

    /// <summary>A query names an empty range, or a width that is none.</summary>
    public const string BadQuestion = "VRV320";

    /// <summary>The policy only keeps rows.</summary>
    public const string NothingToRead = "VRV321";

    /// <summary>A condition names a column that is no series column.</summary>
    public const string NotSeries = "VRV322";

    /// <summary>The answer has no such column.</summary>
    public const string NoColumn = "VRV323";

    /// <summary>The measure has no values there, or holds text.</summary>
    public const string NothingToDraw = "VRV324";

    /// <summary>The answer would not be whole.</summary>
    public const string NotWhole = "VRV325";

    /// <summary>Nothing of the range can give that width.</summary>
    public const string WidthGone = "VRV326";

    /// <summary>The audit log does not have that hash.</summary>
    public const string HeadMissing = "VRV331";

    /// <summary>What is named is no hash of the audit log.</summary>
    public const string NoHead = "VRV332";

    /// <summary>The table under the name is not the one, or is the one, that the tiers were built from.</summary>
    public const string OtherTable = "VRV335";

    /// <summary>A policy archives to a location that is not declared here.</summary>
    public const string UnknownLocation = "VRV340";

    /// <summary>A location's text is no place to archive in.</summary>
    public const string BadLocation = "VRV341";

    /// <summary>A part of an archive, or its manifest, is missing.</summary>
    public const string PartMissing = "VRV342";

    /// <summary>A part does not hold what its manifest says.</summary>
    public const string PartAltered = "VRV343";

    /// <summary>A part has a column that this engine does not read.</summary>
    public const string PartType = "VRV344";

    /// <summary>A manifest was edited, is no file, or is another part's.</summary>
    public const string BadManifest = "VRV345";

    /// <summary>A name would lead out of the location.</summary>
    public const string OutOfPlace = "VRV346";

    /// <summary>The location holds a part that the catalog does not know.</summary>
    public const string UncataloguedPart = "VRV347";

    /// <summary>Nothing is archived in that range, or at several places.</summary>
    public const string NothingArchived = "VRV348";

    /// <summary>A table cannot be restored there.</summary>
    public const string NoRestore = "VRV349";

    /// <summary>Pruning what is older than forever.</summary>
    public const string PruneNothing = "VRV350";

    /// <summary>A part was written before a column changed.</summary>
    public const string OtherSchema = "VRV351";

    /// <summary>Which rows are to be erased was not said, or cannot be.</summary>
    public const string BadErasure = "VRV360";

    /// <summary>A hold keeps rows that would be erased.</summary>
    public const string ErasureHeld = "VRV361";

    /// <summary>No relocation could be taken back, or go on.</summary>
    public const string NothingMoves = "VRV362";

    /// <summary>A defect in Varve.</summary>
    public const string Defect = "VRV900";
}
