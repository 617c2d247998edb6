namespace OrleansKd.Grains.Abstractions.Mail;

/// <summary>Names of the values in a <see cref="MailOrder"/>. Stored with the order: never renamed.</summary>
public static class MailValues
{
    /// <summary>The session's id, name and description, of kinds that are about a session.</summary>
    public const string SessionId = "sessionId";

    public const string SessionName = "sessionName";

    public const string SessionDescription = "sessionDescription";

    public const string HostName = "hostName";

    public const string HostCompany = "hostCompany";

    public const string HostEmail = "hostEmail";

    /// <summary>Those who were invited, one a line: <see cref="MailKind.InvitationToHost"/>.</summary>
    public const string Invited = "invited";

    /// <summary>Who asks: <see cref="MailKind.PermissionRequested"/>.</summary>
    public const string RequesterName = "requesterName";

    public const string RequesterEmail = "requesterEmail";

    public const string RequesterCompany = "requesterCompany";

    /// <summary>What is asked for or decided, for people, such as <c>Host Sessions</c>; several are separated by commas.</summary>
    public const string Permissions = "permissions";

    /// <summary><c>approved</c>, <c>denied</c> or <c>taken away</c>: <see cref="MailKind.PermissionDecided"/>.</summary>
    public const string Decision = "decision";

    /// <summary>Why it was asked for or decided; may be left out.</summary>
    public const string Reason = "reason";

    public const string AdministratorName = "administratorName";

    public const string AdministratorEmail = "administratorEmail";

    /// <summary>When something happens, as people read it, in UTC: <see cref="MailKind.SessionClosing"/>.</summary>
    public const string At = "at";
}
