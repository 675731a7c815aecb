using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using NodaTime;
using Varve.Planning;
using Varve.Policies;
using Varve.Time;

namespace Varve.Catalog;

/// <summary>
/// The ledger of a policy as one JSON document: the same ledger gives the same text. Instants are microseconds since 1970
/// UTC, the ends of time the least and the greatest 64-bit integer; what is empty is left out. Revision and hash of the
/// policy, its holds and what is archived are not in it: these have tables of their own.
/// </summary>
internal static class LedgerJson
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Ledger ledger)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, s_options))
        {
            json.WriteStartObject();
            if (ledger.ConfirmedRevision != 0)
                json.WriteNumber("confirmed", ledger.ConfirmedRevision);
            if (ledger.PublishedRevision > 0)
                json.WriteNumber("published", ledger.PublishedRevision);
            if (ledger.ZoneVersion is { } zone)
                json.WriteString("zone", zone);
            if (ledger.ArrivalSeen is { } seen)
                json.WriteNumber("arrival", seen);
            Map(json, "types", ledger.Types.OrderBy(t => t.Key, StringComparer.Ordinal), (j, type) => j.WriteStringValue(type));
            Map(json, "relations", ledger.Relations.OrderBy(r => r.Key).Select(r => KeyValuePair.Create(r.Key.Text, r.Value)), Relation);
            List(
                json,
                "edges",
                ledger.Edges,
                (j, part) =>
                    Array(
                        j,
                        () =>
                        {
                            j.WriteStringValue(part.Relation.Text);
                            At(j, part.Range.From);
                            At(j, part.Range.To);
                        }
                    )
            );
            List(json, "going", ledger.Going, Going);
            List(
                json,
                "seen",
                ledger.Seen,
                (j, seen) =>
                    Array(
                        j,
                        () =>
                        {
                            At(j, seen.Range.From);
                            At(j, seen.Range.To);
                            j.WriteStringValue(seen.State);
                            At(j, seen.Since);
                        }
                    )
            );
            List(
                json,
                "released",
                ledger.Released,
                (j, released) =>
                    Array(
                        j,
                        () =>
                        {
                            j.WriteStringValue(released.Relation?.Text);
                            At(j, released.Range.From);
                            At(j, released.Range.To);
                        }
                    )
            );
            if (ledger.Drill is { } drill)
                json.WriteString("drill", drill.Name);
            if (ledger.Drill?.Schema is { } schema)
                json.WriteString("drillSchema", schema);
            if (ledger.Last is { } last)
                Last(json, last);
            if (ledger.Pending is { } pending)
                Pending(json, pending);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>A ledger of nothing but what its document says.</summary>
    public static Ledger Read(string document)
    {
        using var parsed = JsonDocument.Parse(document);
        var json = parsed.RootElement;
        return Ledger.Empty("") with
        {
            ConfirmedRevision = (int)(NumberOf(json, "confirmed") ?? 0),
            PublishedRevision = (int)(NumberOf(json, "published") ?? 0),
            ZoneVersion = TextOf(json, "zone"),
            ArrivalSeen = NumberOf(json, "arrival"),
            Types = MapOf(json, "types", t => t.GetString()!),
            Relations = MapOf(json, "relations", RelationOf).ToFrozenDictionary(r => new RelationId(r.Key), r => r.Value),
            Edges = ListOf(json, "edges", e => new StitchPart(new(e[0].GetString()!), RangeOf(e, 1))),
            Going = ListOf(json, "going", GoingOf),
            Seen = ListOf(json, "seen", s => new SeenPart(RangeOf(s, 0), s[2].GetString()!, Micros.ToInstant(s[3].GetInt64()))),
            Released = ListOf(json, "released", r => new ReleasedRange(r[0].GetString() is { } held ? new(held) : null, RangeOf(r, 1))),
            Drill = TextOf(json, "drill") is { } drill ? new(TextOf(json, "drillSchema"), drill) : null,
            Last = json.TryGetProperty("last", out var last) ? LastOf(last) : null,
            Pending = json.TryGetProperty("pending", out var pending) ? new(TextOf(pending, "action")!, TextOf(pending, "facts")!) : null,
        };
    }

    private static void Relation(Utf8JsonWriter json, RelationLedger sets)
    {
        json.WriteStartObject();
        if (sets.Created)
            json.WriteBoolean("created", true);
        List(
            json,
            "tables",
            sets.Tables,
            (j, table) =>
                Array(
                    j,
                    () =>
                    {
                        j.WriteStringValue(table.Kind);
                        j.WriteStringValue(table.Name.Schema);
                        j.WriteStringValue(table.Name.Name);
                    }
                )
        );
        List(json, "columns", sets.Columns, (j, column) => j.WriteStringValue(column));
        foreach (var (name, set) in Sets(sets))
            Ranges(json, name, set);
        List(json, "cut", sets.Cut, Cut);
        Map(json, "thin", sets.Thin.Where(t => !t.Value.IsEmpty).OrderBy(t => t.Key, StringComparer.Ordinal), (j, thin) => Ranges(j, thin));
        Map(
            json,
            "moved",
            sets.Moved.Where(t => !t.Value.IsEmpty).OrderBy(t => t.Key, StringComparer.Ordinal),
            (j, moved) => Ranges(j, moved)
        );
        List(json, "begun", sets.Begun, Begun);
        Map(
            json,
            "stays",
            sets.Stays.Where(t => !t.Value.IsEmpty).OrderBy(t => t.Key, StringComparer.Ordinal),
            (j, stays) => Ranges(j, stays)
        );
        json.WriteEndObject();
    }

    private static IEnumerable<(string Name, RangeSet Set)> Sets(RelationLedger sets) =>
        [
            ("covered", sets.Covered),
            ("writing", sets.Writing),
            ("dirty", sets.Dirty),
            ("followed", sets.MayShrink),
            ("lost", sets.Lost),
            ("frozen", sets.Frozen),
            ("accepted", sets.Accepted),
            ("halted", sets.Halted),
            ("unarchived", sets.Unarchived),
        ];

    private static RelationLedger RelationOf(JsonElement json) =>
        new()
        {
            Created = json.TryGetProperty("created", out var created) && created.GetBoolean(),
            Tables = ListOf(json, "tables", t => new OwnTable(t[0].GetString()!, new TableName(t[1].GetString(), t[2].GetString()!))),
            Columns = ListOf(json, "columns", c => c.GetString()!),
            Covered = SetOf(json, "covered"),
            Writing = SetOf(json, "writing"),
            Dirty = SetOf(json, "dirty"),
            MayShrink = SetOf(json, "followed"),
            Lost = SetOf(json, "lost"),
            Frozen = SetOf(json, "frozen"),
            Accepted = SetOf(json, "accepted"),
            Halted = SetOf(json, "halted"),
            Unarchived = SetOf(json, "unarchived"),
            Cut = ListOf(json, "cut", CutOf),
            Thin = MapOf(json, "thin", SetOf),
            Moved = MapOf(json, "moved", SetOf),
            Begun = ListOf(json, "begun", BegunOf),
            Stays = MapOf(json, "stays", SetOf),
        };

    private static void Begun(Utf8JsonWriter json, BegunMove begun)
    {
        json.WriteStartObject();
        json.WriteString("to", begun.To.Name);
        if (begun.To.Attribute is { } attribute)
            json.WriteString("attribute", attribute);
        if (begun.Part is { } part)
            json.WriteString("part", part);
        if (begun.From is { } from)
            json.WriteString("from", from);
        Ranges(json, "ranges", begun.Ranges);
        json.WriteEndObject();
    }

    private static BegunMove BegunOf(JsonElement json) =>
        new(new(TextOf(json, "to")!, TextOf(json, "attribute")), TextOf(json, "part"), TextOf(json, "from"), SetOf(json, "ranges"));

    private static void Cut(Utf8JsonWriter json, CutBucket cut)
    {
        json.WriteStartObject();
        json.WritePropertyName("bucket");
        Range(json, cut.Bucket);
        json.WriteNumber("left", cut.RowsLeft);
        if (cut.ByOthers)
            json.WriteBoolean("others", true);
        if (cut.Input is { } input)
            json.WriteString("input", input.Text);
        json.WriteEndObject();
    }

    private static CutBucket CutOf(JsonElement json) =>
        new(RangeOf(json.GetProperty("bucket"), 0), json.GetProperty("left").GetInt64(), json.TryGetProperty("others", out _))
        {
            Input = TextOf(json, "input") is { } input ? new(input) : null,
        };

    private static void Going(Utf8JsonWriter json, GoingRange going)
    {
        json.WriteStartObject();
        json.WriteString("relation", going.Relation.Text);
        json.WritePropertyName("range");
        Range(json, going.Range);
        if (going.WholeFrom is { } whole)
            json.WriteNumber("whole", Micros.From(whole));
        json.WriteNumber("rows", going.Rows);
        json.WriteString("reason", going.Reason);
        List(json, "parts", going.Parts, Part);
        json.WriteEndObject();
    }

    private static void Part(Utf8JsonWriter json, GoingPart part)
    {
        json.WriteStartObject();
        json.WritePropertyName("range");
        Range(json, part.Range);
        json.WriteString("part", part.Part);
        json.WriteString("state", part.State);
        if (!part.Closes)
            json.WriteBoolean("closes", false);
        json.WriteEndObject();
    }

    private static GoingRange GoingOf(JsonElement json) =>
        new(
            new(TextOf(json, "relation")!),
            RangeOf(json.GetProperty("range"), 0),
            NumberOf(json, "whole") is { } whole ? Micros.ToInstant(whole) : null,
            json.GetProperty("rows").GetInt64(),
            TextOf(json, "reason")!
        )
        {
            Parts = ListOf(json, "parts", PartOf),
        };

    private static GoingPart PartOf(JsonElement json) =>
        new(RangeOf(json.GetProperty("range"), 0), TextOf(json, "part")!, TextOf(json, "state")!)
        {
            Closes = !json.TryGetProperty("closes", out var closes) || closes.GetBoolean(),
        };

    private static void Last(Utf8JsonWriter json, LastStep last)
    {
        json.WriteStartObject("last");
        json.WriteString("run", last.Run);
        json.WriteNumber("ordinal", last.Ordinal);
        json.WriteNumber("in", last.RowsIn);
        json.WriteNumber("written", last.RowsWritten);
        json.WriteNumber("removed", last.RowsRemoved);
        if (last.Note is { } note)
            json.WriteString("note", note);
        json.WriteEndObject();
    }

    private static LastStep LastOf(JsonElement json) =>
        new(
            TextOf(json, "run")!,
            json.GetProperty("ordinal").GetInt32(),
            json.GetProperty("in").GetInt64(),
            json.GetProperty("written").GetInt64(),
            json.GetProperty("removed").GetInt64(),
            TextOf(json, "note")
        );

    private static void Pending(Utf8JsonWriter json, PendingEntry pending)
    {
        json.WriteStartObject("pending");
        json.WriteString("action", pending.Action);
        json.WriteString("facts", pending.Facts);
        json.WriteEndObject();
    }

    private static void Ranges(Utf8JsonWriter json, string name, RangeSet set)
    {
        if (set.IsEmpty)
            return;
        json.WritePropertyName(name);
        Ranges(json, set);
    }

    private static void Ranges(Utf8JsonWriter json, RangeSet set) =>
        Array(
            json,
            () =>
            {
                foreach (var range in set)
                    Range(json, range);
            }
        );

    private static void Range(Utf8JsonWriter json, TimeRange range) =>
        Array(
            json,
            () =>
            {
                At(json, range.From);
                At(json, range.To);
            }
        );

    private static void At(Utf8JsonWriter json, Instant at) => json.WriteNumberValue(Micros.From(at));

    private static void Array(Utf8JsonWriter json, Action items)
    {
        json.WriteStartArray();
        items();
        json.WriteEndArray();
    }

    private static void List<T>(Utf8JsonWriter json, string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
    {
        if (items.Count == 0)
            return;
        json.WriteStartArray(name);
        foreach (var item in items)
            write(json, item);
        json.WriteEndArray();
    }

    private static void Map<T>(
        Utf8JsonWriter json,
        string name,
        IEnumerable<KeyValuePair<string, T>> items,
        Action<Utf8JsonWriter, T> write
    )
    {
        List<KeyValuePair<string, T>> all = [.. items];
        if (all.Count == 0)
            return;
        json.WriteStartObject(name);
        foreach (var (key, value) in all)
        {
            json.WritePropertyName(key);
            write(json, value);
        }

        json.WriteEndObject();
    }

    private static string? TextOf(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static long? NumberOf(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetInt64() : null;

    private static IReadOnlyList<T> ListOf<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        json.TryGetProperty(name, out var items) ? [.. items.EnumerateArray().Select(read)] : [];

    private static FrozenDictionary<string, T> MapOf<T>(JsonElement json, string name, Func<JsonElement, T> read) =>
        json.TryGetProperty(name, out var items)
            ? items.EnumerateObject().ToFrozenDictionary(p => p.Name, p => read(p.Value), StringComparer.Ordinal)
            : FrozenDictionary<string, T>.Empty;

    private static RangeSet SetOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var ranges) ? SetOf(ranges) : RangeSet.Empty;

    private static RangeSet SetOf(JsonElement ranges) => RangeSet.Of(ranges.EnumerateArray().Select(r => RangeOf(r, 0)));

    private static TimeRange RangeOf(JsonElement json, int first) =>
        new(Micros.ToInstant(json[first].GetInt64()), Micros.ToInstant(json[first + 1].GetInt64()));
}
