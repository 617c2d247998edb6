namespace OrleansKd.Contracts;

/// <summary>An invitation that counts as one of the session's ten.</summary>
public enum InvitationState
{
    /// <summary>The client has never opened the session.</summary>
    Pending,

    /// <summary>They have.</summary>
    Accepted,
}

/// <summary>What became of the mail with an invitation.</summary>
public enum InvitationMail
{
    /// <summary>It is tried until the mail server takes it.</summary>
    Waiting,

    Sent,

    /// <summary>The mail server refused it for good: tell them another way. They see the session in their list all the same.</summary>
    NotDelivered,
}

public enum SessionRole
{
    Host,
    Client,
}

/// <summary>Somebody who may see a session. A host who invited themselves is there in both roles.</summary>
/// <param name="IsPresent">They watch it now, or did within the last 15 seconds.</param>
/// <param name="Invitation">Null for the host.</param>
/// <param name="Mail">For the host's eyes only, and null where no mail is sent.</param>
public sealed record SessionPerson(string Name, string Company, string Email, SessionRole Role, bool IsPresent, InvitationState? Invitation = null, InvitationMail? Mail = null);
