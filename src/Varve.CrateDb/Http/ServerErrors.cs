using System.Text.RegularExpressions;
using Varve.Engines;

namespace Varve.CrateDb.Http;

/// <summary>
/// CrateDB's errors as Varve's, by its code and, where one code means several things, by its words. CrateDB quotes
/// statements and values in its messages, so of those only names are taken over; secrets are taken out of all of them.
/// </summary>
internal static partial class ServerErrors
{
    private const StringComparison Ordinal = StringComparison.Ordinal;

    // What CrateDB itself takes for passing (SQLExceptions.maybeTemporary), and what the election of a master brings. They have no
    // code of their own.
    private static readonly HashSet<string> s_passing = new(StringComparer.Ordinal)
    {
        "AlreadyClosedException",
        "ConnectException",
        "ConnectTransportException",
        "ElasticsearchTimeoutException",
        "FailedToCommitClusterStateException",
        "IllegalIndexShardStateException",
        "IndexShardClosedException",
        "IndexShardNotStartedException",
        "MasterNotDiscoveredException",
        "NoSeedNodeLeftException",
        "NoShardAvailableActionException",
        "NodeClosedException",
        "NodeDisconnectedException",
        "NodeNotConnectedException",
        "NotMasterException",
        "ProcessClusterEventTimeoutException",
        "ReceiveTimeoutTransportException",
        "SendRequestTransportException",
        "ShardNotFoundException",
    };

    /// <summary>The error as the caller should see it.</summary>
    public static VarveException Of(int status, ServerError error, string cluster, Redactor redactor)
    {
        var text = redactor.Line(error.Text);
        if (error.Text.Contains("CorruptIndexException", Ordinal) || error.Text.Contains("TranslogCorruptedException", Ordinal))
            return new HaltException(
                EngineCodes.Damaged,
                $"{cluster}: data on a node is damaged: {text} Nothing is removed. Restore the shard from a replica or a snapshot, then "
                    + $"run again."
            );
        var (code, transient, message) = error.Code is { } number ? Told(number, error, text) : Foreign(status, text);
        return new EngineException(code, $"{cluster}: {message}", transient);
    }

    private static (string Code, bool Transient, string Message) Told(int code, ServerError error, string text) =>
        code switch
        {
            4000 => Invalid(error, text),
            4002 or 4008 => (EngineCodes.Unknown, false, $"a name is none that CrateDB takes: {text}"),
            4003 or 4004 or 4007 or 4001 or 4005 or 4006 or 40000 or 40010 => (
                EngineCodes.Statement,
                false,
                $"CrateDB does not do what was asked: {Quoteless(text)}"
            ),
            40012 => (ServerCodes.InSnapshot, true, "what should go is in a snapshot that is being taken. It is tried again."),
            4010 => (ServerCodes.Login, false, $"CrateDB does not let the user in: {text}"),
            4011 => (ServerCodes.NoRight, false, $"{text}. Grant it, for example: GRANT DQL, DML, DDL ON SCHEMA s TO the user."),
            4030 or 4031 => (EngineCodes.ReadOnly, false, $"this node only reads: {text} Name another node in the URL."),
            4032 => (
                ServerCodes.Blocked,
                false,
                "a table or partition is closed. Closed ones are left out of every answer, so nothing is "
                    + "computed or removed. Open it: ALTER TABLE … OPEN."
            ),
            4033 => (
                ServerCodes.Blocked,
                false,
                "a table or partition is read-only (blocks.read_only). Reset the block, or leave the table alone."
            ),
            4034 => (ServerCodes.Blocked, false, "a table or partition cannot be read (blocks.read). Reset the block."),
            4035 => (ServerCodes.Blocked, true, "a table or partition takes no writes (blocks.write): somebody sealed it."),
            4036 => (ServerCodes.Blocked, true, "a table or partition takes neither reads nor writes for now."),
            4037 => (
                ServerCodes.Blocked,
                true,
                "the disk of a node is over the flood stage, so tables only take removals. Make room on it."
            ),
            4041 or 4043 or 4044 or 4045 or 4046 or 4049 => (
                EngineCodes.Unknown,
                false,
                $"{text}. CrateDB says so too of what the user has no right to."
            ),
            4040 or 4042 or 40410 or 40411 => (EngineCodes.Unknown, false, text),
            4047 => (EngineCodes.NoArchive, false, $"there is no such repository: {text}"),
            4048 => (EngineCodes.NoArchive, false, $"there is no such snapshot: {text}"),
            4091 => (EngineCodes.Constraint, false, "a row with the same primary key exists already."),
            4092 => (EngineCodes.Conflict, true, "another writer changed the same row first. Run again."),
            4090 or 4093 or 4094 or 4095 or 4096 or 4097 or 4098 or 4099 or 40910 or 40911 => (EngineCodes.NameTaken, false, text),
            4290 => (ServerCodes.Overloaded, true, "the server has too many requests. It is tried again."),
            5002 or 5003 or 5033 => (ServerCodes.NotReady, true, $"not all shards are there: {text}"),
            5004 => (EngineCodes.ArchiveRefused, false, $"the snapshot failed: {text}"),
            5005 => Killed(text),
            5006 => (EngineCodes.ArchiveRefused, false, $"the repository cannot be used by every node: {text}"),
            5030 or 5031 or 5032 or 5034 or 5035 => (
                ServerCodes.NotReady,
                true,
                $"the cluster is not ready: {(text is "" or "null" ? "it starts, or has no master" : text)}"
            ),
            _ when s_passing.Contains(error.Kind) => (
                ServerCodes.AnswerLost,
                true,
                $"a node of the cluster went away, or came, while a statement was worked on: {text}. Whether it was done is not known."
            ),
            _ => Unhandled(text),
        };

    private static (string, bool, string) Invalid(ServerError error, string text)
    {
        if (error.Kind == "ParsingException")
            return (
                EngineCodes.Statement,
                false,
                $"CrateDB does not understand a statement: {Quoteless(Before(text, " expecting "))} This is a defect in Varve, or the server "
                    + $"is older than 6.3.4."
            );
        if (CannotCast().Match(error.Text) is { Success: true } cast)
        {
            // No text is made a double where Varve asks for one, but sums are, which are added up in NUMERIC.
            if (cast.Groups["type"].Value is "double precision" and var real)
                return (EngineCodes.Overflow, false, $"a sum, or a sum of squares, is beyond what a {real} holds.");
            return (
                EngineCodes.Conversion,
                false,
                $"a value could not be converted to {cast.Groups["type"].Value}. Look for values that do not fit their column's type."
            );
        }

        if (Constraint().Match(text) is { Success: true } check)
            return (EngineCodes.Constraint, false, $"a row does not keep the constraint {check.Groups["name"].Value}.");
        if (text.Contains("overflow", Ordinal) || text.Contains("/ by zero", Ordinal))
            return (EngineCodes.Overflow, false, $"a result is beyond what its type can hold: {text}.");
        if (text.StartsWith("Can't update non dynamic settings", Ordinal))
            return (EngineCodes.Setting, false, Before(text, " for open indices") + " while the table is open.");
        return (EngineCodes.Refused, false, Quoteless(text));
    }

    private static (string, bool, string) Killed(string text) =>
        text switch
        {
            _ when text.Contains("statement_timeout", Ordinal) => (
                EngineCodes.Interrupted,
                false,
                "the statement took longer than its time limit. What it wrote until then is there."
            ),
            _ when text.Contains("KILL invoked by user", Ordinal) => (
                EngineCodes.Interrupted,
                false,
                "the statement was killed by a user. What it wrote until then is there."
            ),
            _ => (EngineCodes.Interrupted, true, $"the statement was ended by the server: {text} What it wrote until then is there."),
        };

    private static (string, bool, string) Unhandled(string text) =>
        text switch
        {
            _ when text.Contains("breaker would use", Ordinal) || text.Contains("Data too large", Ordinal) => (
                ServerCodes.Overloaded,
                true,
                "the statement would use more memory than the server gives it. Smaller slices help."
            ),
            _ when text.Contains("Indices don't have primary shards", Ordinal) => (
                ServerCodes.NotReady,
                true,
                "a snapshot cannot be begun, because a primary shard is missing."
            ),
            _ when text.Contains("this action would add", Ordinal) && text.Contains("total shards", Ordinal) => (
                ServerCodes.Blocked,
                false,
                $"the cluster has as many shards as it may: {text} Raise cluster.max_shards_per_node, add a node, or make fewer partitions."
            ),
            _ when text.Contains("long overflow", Ordinal) || text.Contains("integer overflow", Ordinal) => (
                EngineCodes.Overflow,
                false,
                "a sum is beyond what 64 bits hold."
            ),
            _ when text.Contains("doesn't match any of the locations", Ordinal) => (
                EngineCodes.ArchiveRefused,
                false,
                $"{text} Every node must have the folder below its path.repo."
            ),
            _ when text.Contains("DirectoryNotFound", Ordinal) || text.Contains("No such file or directory", Ordinal) => (
                EngineCodes.ArchiveRefused,
                false,
                text
            ),
            _ => (EngineCodes.Refused, false, Quoteless(text)),
        };

    private static (string Code, bool Transient, string Message) Foreign(int status, string text) =>
        status switch
        {
            401 => (ServerCodes.Login, false, $"CrateDB does not let the user in: {text}"),
            403 => (ServerCodes.Login, false, "what stands before CrateDB does not let the request through."),
            >= 300 and < 400 => (
                ServerCodes.NoSuchServer,
                false,
                $"the answer sends elsewhere (HTTP {status}). Write the address that it leads to."
            ),
            413 => (ServerCodes.Blocked, false, "the request is larger than the server takes (http.max_content_length)."),
            429 => (ServerCodes.Overloaded, true, "the server, or a proxy before it, has too many requests. It is tried again."),
            502 or 504 => (
                ServerCodes.AnswerLost,
                true,
                $"a proxy did not get the answer of the server (HTTP {status}). Whether the statement was done is not known."
            ),
            503 => (ServerCodes.NotReady, true, "the cluster is not ready: it starts, has no master, or a proxy finds no node."),
            _ => (
                ServerCodes.NoSuchServer,
                false,
                $"what answers is not CrateDB (HTTP {status}). Check host and port: its HTTP port is usually 4200."
            ),
        };

    private static string Before(string text, string end) => text.IndexOf(end, Ordinal) is > 0 and var at ? text[..at] : text;

    /// <summary>Values stand in quotes: what is between them may be anybody's.</summary>
    private static string Quoteless(string text) => Quoted().Replace(text, "'…'");

    [GeneratedRegex("Cannot cast .* to type `(?<type>[a-z_ 0-9()]+)`", RegexOptions.Singleline)]
    private static partial Regex CannotCast();

    [GeneratedRegex(@"Failed CONSTRAINT (?<name>[A-Za-z0-9_]+)")]
    private static partial Regex Constraint();

    [GeneratedRegex("'(?:[^']|'')*'|`[^`]*`")]
    private static partial Regex Quoted();
}
