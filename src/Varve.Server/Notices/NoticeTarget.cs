namespace Varve.Server.Notices;

/// <summary>Whom something is told, and how.</summary>
internal interface INoticeTarget
{
    /// <summary>Its name in the configuration.</summary>
    string Name { get; }

    /// <summary>What it is told, and of which tenant.</summary>
    NoticeFilter Filter { get; }

    /// <summary>Tells it.</summary>
    /// <param name="id">The delivery, the same for every try.</param>
    /// <param name="notice">What.</param>
    /// <param name="body">The notice as JSON, as it was stored.</param>
    /// <param name="cancellationToken">Ends the try.</param>
    /// <returns>What was answered; null where it arrived.</returns>
    Task<string?> SendAsync(string id, Notice notice, string body, CancellationToken cancellationToken);
}

/// <summary>What a target is told.</summary>
/// <param name="Kinds">Of these kinds.</param>
/// <param name="Tenant">Of this tenant; null: of all.</param>
internal sealed record NoticeFilter(IReadOnlyList<NoticeKind> Kinds, string? Tenant)
{
    /// <summary>Everything that needs somebody.</summary>
    internal static IReadOnlyList<NoticeKind> Usual { get; } =
    [NoticeKind.Failed, NoticeKind.Halted, NoticeKind.Braked, NoticeKind.Overdue, NoticeKind.Missed];

    internal bool Takes(Notice notice) =>
        notice.Kind == NoticeKind.Test || (Kinds.Contains(notice.Kind) && (Tenant is null || Tenant == notice.Tenant));
}
