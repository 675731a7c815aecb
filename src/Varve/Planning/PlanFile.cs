using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using Varve.Policies;
using Varve.Time;

namespace Varve.Planning;

/// <summary>Plans as JSON, <c>"format": "varve-plan/1"</c>: written and read without loss. It holds no SQL.</summary>
public static partial class PlanFile
{
    /// <summary>What <c>format</c> says.</summary>
    public const string Format = "varve-plan/1";

    /// <summary>The plans as indented JSON with a final end of line.</summary>
    public static string Write(IReadOnlyList<Plan> plans) =>
        JsonSerializer.Serialize(new FileShape(Format, [.. plans.Select(Shape)]), FileJson.Default.FileShape) + "\n";

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="PolicyException">It is no plan file, or one of another format.</exception>
    public static IReadOnlyList<Plan> Read(string text)
    {
        try
        {
            var file = JsonSerializer.Deserialize(text, FileJson.Default.FileShape) ?? throw new JsonException("it is null");
            if (file.Format != Format)
                throw new PolicyException(
                    WorkCodes.NoPlanFile,
                    $"This plan file says \"format\": \"{file.Format}\"; this version of Varve reads \"{Format}\". Write it again with varve plan --out."
                );
            return [.. file.Plans.Select(Value)];
        }
        catch (Exception e) when (e is JsonException or FormatException or ArgumentException)
        {
            throw new PolicyException(
                WorkCodes.NoPlanFile,
                $"This is not a plan file: {e.Message} Write one with varve plan --out FILE.",
                e
            );
        }
    }

    private static PlanShape Shape(Plan plan) =>
        new(
            plan.Policy,
            plan.Revision,
            plan.PolicyHash,
            InstantText.Format(plan.AsOf),
            plan.ZoneVersion,
            [.. plan.Steps.Select(Shape)],
            [.. plan.Waits.Select(w => new WaitShape(w.Relation.Text, Shape(w.Range), w.Reason, w.NeedsPerson))],
            [.. plan.Notes.Select(Shape)],
            plan.Brake is { } brake ? new(brake.Hash, brake.Reason, brake.Rows, brake.SourceRows, brake.Share) : null,
            plan.Failure is { } failure ? Shape(failure) : null
        );

    private static Plan Value(PlanShape plan) =>
        new()
        {
            Policy = plan.Policy,
            Revision = plan.Revision,
            PolicyHash = plan.PolicyHash,
            AsOf = InstantText.Parse(plan.AsOf),
            ZoneVersion = plan.ZoneVersion,
            Steps = [.. plan.Steps.Select(Value)],
            Waits = [.. plan.Waits.Select(w => new Wait(new(w.Relation), Value(w.Range), w.Reason, w.NeedsPerson))],
            Notes = [.. plan.Notes.Select(Value)],
            Brake = plan.Brake is { } brake
                ? new(brake.Hash, brake.Reason, brake.Rows) { SourceRows = brake.SourceRows, Share = brake.Share }
                : null,
            Failure = plan.Failure is { } failure ? Value(failure) : null,
        };

    private static NoteShape Shape(Problem n) =>
        new(n.Code, n.Message, n.IsWarning, n.Path.Length == 0 ? null : n.Path, n.Position?.File, n.Position?.Line, n.Position?.Column);

    private static Problem Value(NoteShape n) =>
        new(n.Code, n.Message)
        {
            IsWarning = n.IsWarning,
            Path = n.Path ?? "",
            Position = n.File is null ? null : new SourcePosition(n.File, n.Line ?? 0, n.Column ?? 0),
        };

    private static StepShape Shape(PlanStep step)
    {
        StepShape shape = new()
        {
            Kind = step.Kind,
            Relation = step.Relation.Text,
            Reason = step.Reason,
            Rows = step.Rows,
            Bytes = step.Bytes,
        };
        return step switch
        {
            PlanStep.Reshape reshape => shape with { Columns = reshape.Columns },
            PlanStep.Mark mark => shape with
            {
                Dirty = Shapes(mark.Dirty),
                Followed = Shapes(mark.MayShrink),
                Lost = Shapes(mark.Lost),
                Cut = [.. mark.Cut.Select(c => new CutShape(Shape(c.Bucket), c.RowsLeft, c.ByOthers, c.Input?.Text, c.IsMixed))],
            },
            PlanStep.RollUp rollUp => shape with { Input = rollUp.Input.Text, Ranges = Shapes(rollUp.Ranges), Again = rollUp.Again },
            PlanStep.Archive archive => shape with { Range = Shape(archive.Range), Archive = archive.Location },
            PlanStep.Expire expire => shape with
            {
                Range = Shape(expire.Range),
                Proofs = [.. expire.Proofs.Select(p => p.Text)],
                Archive = expire.Location,
            },
            PlanStep.Relocate relocate => shape with
            {
                Range = Shape(relocate.Range),
                To = Shape(relocate.To),
                From = relocate.From is { } from ? Shape(from) : null,
            },
            PlanStep.Merge merge => shape with
            {
                Ranges = Shapes(merge.Ranges),
                Into = [.. merge.Into.Select(p => new PartShape(p.Tier.Text, Shapes(p.Ranges)))],
            },
            PlanStep.Discard discard => shape with { Range = Shape(discard.Range) },
            _ => shape,
        };
    }

    private static PlanStep Value(StepShape step)
    {
        var (relation, reason, rows, bytes) = (step.Relation, step.Reason, step.Rows, step.Bytes);
        return step.Kind switch
        {
            "create" => new PlanStep.CreateTier
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
            },
            "publish" => new PlanStep.Publish
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
            },
            "reshape" => new PlanStep.Reshape
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
                Columns = Required(step.Columns, "columns"),
            },
            "mark" => new PlanStep.Mark
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
                Dirty = Ranges(step.Dirty),
                MayShrink = Ranges(step.Followed),
                Lost = Ranges(step.Lost),
                Cut =
                [
                    .. (step.Cut ?? []).Select(c => new CutBucket(Value(c.Bucket), c.RowsLeft, c.ByOthers)
                    {
                        Input = c.Input is { } input ? new(input) : null,
                        IsMixed = c.IsMixed,
                    }),
                ],
            },
            "rollup" => new PlanStep.RollUp
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
                Input = new(Required(step.Input, "input")),
                Ranges = Ranges(step.Ranges),
                Again = step.Again ?? false,
            },
            "archive" => new PlanStep.Archive
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
                Range = Value(Required(step.Range, "range")),
                Location = Required(step.Archive, "archive"),
            },
            "expire" => new PlanStep.Expire
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
                Range = Value(Required(step.Range, "range")),
                Proofs = [.. Required(step.Proofs, "proofs").Select(p => new RelationId(p))],
                Location = step.Archive,
            },
            "relocate" => new PlanStep.Relocate
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
                Range = Value(Required(step.Range, "range")),
                To = Value(Required(step.To, "to")),
                From = step.From is { } from ? Value(from) : null,
            },
            "merge" => new PlanStep.Merge
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
                Ranges = Ranges(step.Ranges),
                Into = [.. (step.Into ?? []).Select(p => new MergePart(new(p.Tier), Ranges(p.Ranges)))],
            },
            "discard" => new PlanStep.Discard
            {
                Relation = new(relation),
                Reason = reason,
                Rows = rows,
                Bytes = bytes,
                Range = Value(Required(step.Range, "range")),
            },
            var other => throw new JsonException($"it has a step of the unknown kind '{other}'."),
        };

        T Required<T>(T? value, string name)
            where T : class => value ?? throw new JsonException($"a step of kind '{step.Kind}' lacks '{name}'.");
    }

    private static PlaceShape Shape(Place place) => new(place.Name, place.Attribute);

    private static Place Value(PlaceShape place) => new(place.Name, place.Attribute);

    private static RangeShape[] Shapes(RangeSet ranges) => [.. ranges.Select(Shape)];

    private static RangeSet Ranges(IReadOnlyList<RangeShape>? shapes) => RangeSet.Of((shapes ?? []).Select(Value));

    private static RangeShape Shape(TimeRange range) =>
        new(range.FromStart ? null : InstantText.Format(range.From), range.ToEnd ? null : InstantText.Format(range.To));

    private static TimeRange Value(RangeShape range) =>
        new(
            range.From is { } from ? InstantText.Parse(from) : Instant.MinValue,
            range.To is { } to ? InstantText.Parse(to) : Instant.MaxValue
        );

    private sealed record FileShape(string Format, IReadOnlyList<PlanShape> Plans);

    private sealed record PlanShape(
        string Policy,
        int Revision,
        string PolicyHash,
        string AsOf,
        string ZoneVersion,
        IReadOnlyList<StepShape> Steps,
        IReadOnlyList<WaitShape> Waits,
        IReadOnlyList<NoteShape> Notes,
        BrakeShape? Brake = null,
        NoteShape? Failure = null
    );

    private sealed record StepShape
    {
        public required string Kind { get; init; }

        public required string Relation { get; init; }

        public required string Reason { get; init; }

        public long Rows { get; init; }

        public long Bytes { get; init; }

        public IReadOnlyList<string>? Columns { get; init; }

        public string? Input { get; init; }

        public IReadOnlyList<RangeShape>? Ranges { get; init; }

        public bool? Again { get; init; }

        public RangeShape? Range { get; init; }

        public IReadOnlyList<string>? Proofs { get; init; }

        public string? Archive { get; init; }

        public PlaceShape? To { get; init; }

        public PlaceShape? From { get; init; }

        public IReadOnlyList<RangeShape>? Dirty { get; init; }

        public IReadOnlyList<RangeShape>? Followed { get; init; }

        public IReadOnlyList<RangeShape>? Lost { get; init; }

        public IReadOnlyList<CutShape>? Cut { get; init; }

        public IReadOnlyList<PartShape>? Into { get; init; }
    }

    /// <summary>An end that is open is null, and written as such.</summary>
    private sealed record RangeShape(
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? From,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? To
    );

    private sealed record CutShape(RangeShape Bucket, long RowsLeft, bool ByOthers, string? Input = null, bool IsMixed = false);

    private sealed record PlaceShape(string Name, string? Attribute = null);

    private sealed record PartShape(string Tier, IReadOnlyList<RangeShape> Ranges);

    private sealed record WaitShape(string Relation, RangeShape Range, string Reason, bool NeedsPerson);

    private sealed record NoteShape(
        string Code,
        string Message,
        bool IsWarning,
        string? Path = null,
        string? File = null,
        int? Line = null,
        int? Column = null
    );

    private sealed record BrakeShape(string Hash, string Reason, long Rows, long SourceRows = 0, double Share = 0);

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        WriteIndented = true
    )]
    [JsonSerializable(typeof(FileShape))]
    private sealed partial class FileJson : JsonSerializerContext;
}
