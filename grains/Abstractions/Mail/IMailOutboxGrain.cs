namespace OrleansKd.Grains.Abstractions.Mail;

/// <summary>What is to be sent to one person; key: text of their <c>UserId</c>, see <see cref="GrainFactoryExtensions.MailOutbox"/>.</summary>
[Alias("OrleansKd.IMailOutboxGrain")]
public interface IMailOutboxGrain : IGrainWithStringKey
{
    /// <summary>
    /// When it returns, the order is durable and is carried out, also across a crash. An order whose id was seen before does nothing,
    /// so whoever is not sure repeats the call. Throws when nothing is known to be queued.
    /// </summary>
    [Alias("Enqueue")]
    Task Enqueue(MailOrder order);

    /// <summary>What became of an order; of the newest ones of this recipient only.</summary>
    [Alias("StatusOf")]
    Task<MailStatus> StatusOf(string orderId);
}

/// <summary>What became of a mail.</summary>
public enum MailStatus
{
    /// <summary>Nothing is known of it: no mail is sent here, or it was long ago.</summary>
    None,

    /// <summary>Queued; it is tried until the mail server takes it.</summary>
    Waiting,

    /// <summary>The mail server took it.</summary>
    Sent,

    /// <summary>The mail server refused it for good.</summary>
    Refused,
}

/// <summary>What a mail is about; its text is made when it is sent. The numbers are stored: never renumbered, never reused.</summary>
public enum MailKind
{
    InvitationToClient = 1,
    InvitationToHost = 2,
    PermissionRequested = 3,
    PermissionDecided = 4,
    SessionClosing = 5,
}

/// <param name="Id">Unique for this recipient and stable: an order repeated with it is the same mail, with the same Message-ID.</param>
/// <param name="Values">What the kind's text needs, by the names in <see cref="MailValues"/>. Not trusted: shown as text only.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.MailOrder")]
public sealed record MailOrder(
    [property: Id(0)] string Id,
    [property: Id(1)] MailKind Kind,
    [property: Id(2)] string ToEmail,
    [property: Id(3)] string ToName,
    [property: Id(4)] Dictionary<string, string> Values);
