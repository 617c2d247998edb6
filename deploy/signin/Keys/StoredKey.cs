namespace OrleansKd.SignIn.Keys;

/// <summary>What a key is for.</summary>
internal enum KeyUse
{
    /// <summary>Signs tokens (ECDSA with P-256); the public half is published.</summary>
    Signing,

    /// <summary>Seals what only this sign-in reads (256 bits): device codes and refresh tokens.</summary>
    Sealing,
}

/// <summary>A key as it lies on disk.</summary>
/// <param name="Content">PKCS#8, or the bits themselves.</param>
internal sealed record StoredKey(string Id, KeyUse Use, DateTimeOffset CreatedAt, byte[] Content)
{
    public override string ToString() => $"{Use} {Id}, {CreatedAt:u}";
}

/// <param name="Period">How long one key is the current one.</param>
/// <param name="Ahead">How long it is known before that.</param>
/// <param name="Retention">How long it is needed after that: as long as what it made.</param>
internal sealed record KeySchedule(TimeSpan Period, TimeSpan Ahead, TimeSpan Retention);
