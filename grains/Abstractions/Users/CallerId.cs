namespace OrleansKd.Grains.Abstractions.Users;

/// <summary>
/// Who asks something of a session: an account, and what a service token that it asks with is limited to. An account's own sign-in is limited to
/// nothing. Text form: the account's id.
/// </summary>
/// <param name="OnlyComputer">Name of the one computer whose sessions this caller may know of: those that the account hosts there. Null: no limit.</param>
[GenerateSerializer, Immutable, Alias("OrleansKd.CallerId")]
public readonly record struct CallerId([property: Id(0)] UserId User, [property: Id(1)] string? OnlyComputer = null)
{
    public static implicit operator CallerId(UserId user) => new(user);

    /// <summary>Whether this caller may have to do with a computer of the account's.</summary>
    public bool MayUse(string computer) => OnlyComputer is null || UserId.Normalize(OnlyComputer) == UserId.Normalize(computer);

    public override string ToString() => User.ToString();
}
