namespace OrleansKd.Silo.Tests.Auth;

/// <summary>Who may be at the door, seen from one session of Contoso; the order of the tables' columns.</summary>
internal enum MatrixCaller
{
    /// <summary>Of no organization.</summary>
    Stranger,

    /// <summary>Administrator and host at Fabrikam, not invited.</summary>
    OtherCompany,

    /// <summary>Was invited, followed the session, and the invitation was taken back.</summary>
    Revoked,

    Viewer,

    /// <summary>An operator with the right to read.</summary>
    Inspect,

    /// <summary>An operator with full control.</summary>
    Full,

    Host,

    /// <summary>Of Contoso, not invited.</summary>
    Administrator,

    /// <summary>A service token of the host's that only reads.</summary>
    ReadToken,

    /// <summary>One of the host's with the right to host, anywhere.</summary>
    HostToken,

    /// <summary>One of the host's for the computer on which the session runs: their agent's.</summary>
    LabToken,

    /// <summary>One of the host's for another computer.</summary>
    OtherToken,
}

/// <summary>What a caller may do with an operation; the letter that stands in the tables.</summary>
internal enum MatrixCell
{
    /// <summary>It happens.</summary>
    May = '+',

    /// <summary>Allowed, and refused for another reason: what it names is not there, or the state is not right.</summary>
    MayButNotNow = '~',

    /// <summary>Refused as not theirs to do; they see the session.</summary>
    MayNot = '-',

    /// <summary>The answer that an id gets which does not exist.</summary>
    NotThere = '0',

    /// <summary>They may, and are not asked: it can be done once, and somebody before has done it.</summary>
    Done = '.',
}
