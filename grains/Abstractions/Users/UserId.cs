namespace OrleansKd.Grains.Abstractions.Users;

/// <summary>Names an account by its verified e-mail address. Text form: <see cref="KeyText"/> of the address.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.UserId")]
public readonly record struct UserId
{
    [Id(0)]
    private readonly string? text;

    private UserId(string text) => this.text = text;

    public static string Normalize(string email) => KeyText.Normalize(email);

    public static UserId FromEmail(string email) => new(KeyText.Of(email));

    /// <summary>Reads back what <see cref="ToString"/> wrote.</summary>
    public static UserId FromKey(string key) => new(key);

    /// <summary>The same of a text that comes from elsewhere; false for what is no user's id.</summary>
    public static bool TryFromKey(string key, out UserId user)
    {
        user = KeyText.IsKey(key) ? new UserId(key) : default;
        return user != default;
    }

    public override string ToString() => text ?? throw new InvalidOperationException("This user id was never set.");
}
