using OrleansKd.Grains.Abstractions.Mail;

namespace OrleansKd.Grains.Mail;

/// <summary>One recipient's mails. Immutable, so that what is stored and what is thought of can't run apart. Names are stored: never renamed.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.MailOutboxState")]
internal sealed record MailOutboxState
{
    /// <summary>In the order queued.</summary>
    [Id(0)] public WaitingMail[] Waiting { get; init; } = [];

    /// <summary>The newest that need nothing any more, oldest first.</summary>
    [Id(1)] public FinishedMail[] Finished { get; init; } = [];
}

/// <param name="Attempts">Made so far.</param>
/// <param name="NextAt">When the next attempt is due.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.WaitingMail")]
internal sealed record WaitingMail(
    [property: Id(0)] string Id,
    [property: Id(1)] MailKind Kind,
    [property: Id(2)] string ToEmail,
    [property: Id(3)] string ToName,
    [property: Id(4)] Dictionary<string, string> Values,
    [property: Id(5)] DateTimeOffset QueuedAt,
    [property: Id(6)] int Attempts,
    [property: Id(7)] DateTimeOffset NextAt)
{
    public MailOrder ToOrder() => new(Id, Kind, ToEmail, ToName, Values);
}

/// <param name="Refusal">Null when it was sent.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.FinishedMail")]
internal sealed record FinishedMail([property: Id(0)] string Id, [property: Id(1)] string? Refusal);
