namespace OrleansKd.Grains.Users;

/// <summary>A stored account. Names are stored: never renamed; members are only ever added.</summary>
[GenerateSerializer, Alias("OrleansKd.UserState")]
internal sealed class UserState
{
    /// <summary>Issuer and subject that the account is bound to since its first sign-in; null before.</summary>
    [Id(0)] public string? Issuer { get; set; }

    [Id(1)] public string? Subject { get; set; }
    [Id(2)] public string Email { get; set; } = "";
    [Id(3)] public string Name { get; set; } = "";

    /// <summary>Ids of the sessions in this user's list.</summary>
    [Id(4)] public List<string> Sessions { get; set; } = [];

    /// <summary>Names of the computers on which this user's agent has run.</summary>
    [Id(5)] public List<string> Computers { get; set; } = [];
}
