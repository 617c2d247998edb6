using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using Microsoft.IdentityModel.Tokens;
using OrleansKd.SignIn.Hosting;

namespace OrleansKd.SignIn.Keys;

/// <summary>The keys of this sign-in, and their coming and going. <see cref="Look"/> is called by one at a time.</summary>
internal sealed partial class KeyRing(IOptions<SignInOptions> options, TimeProvider time, ILogger<KeyRing> logger) : IDisposable
{
    /// <summary>Clocks differ, and a token may just have been made.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>What is sealed is signed before, so both are needed as long as a refresh token lives.</summary>
    private readonly KeySchedule signing = new(options.Value.Keys.Period, options.Value.Keys.PublishedAhead, options.Value.RefreshTokenLifetime + Margin);
    private readonly KeySchedule sealing = new(options.Value.Keys.Period, TimeSpan.Zero, options.Value.RefreshTokenLifetime + Margin);
    private KeyFolder? folder;
    private Snapshot? snapshot;
    private CancellationTokenSource changed = new();

    /// <summary>The one that signs first.</summary>
    public IReadOnlyList<SigningCredentials> Signing => Current.Signing;

    /// <summary>The one that seals first.</summary>
    public IReadOnlyList<EncryptingCredentials> Sealing => Current.Sealing;

    private Snapshot Current => Volatile.Read(ref snapshot) ?? throw new InvalidOperationException("The keys are not loaded yet.");

    /// <summary>Fires at the next change.</summary>
    public IChangeToken Changes() => new CancellationChangeToken(Volatile.Read(ref changed).Token);

    /// <summary>Makes what is due, drops what is over, and takes the right key.</summary>
    public void Look()
    {
        folder ??= new KeyFolder(options.Value.Data);
        var now = time.GetUtcNow();
        var keys = folder.Load();
        var made = new Snapshot([.. Turn(keys, KeyUse.Signing, signing, now).Select(SigningOf)], [.. Turn(keys, KeyUse.Sealing, sealing, now).Select(SealingOf)]);
        if (made.Ids == snapshot?.Ids)
            return;
        Volatile.Write(ref snapshot, made);
        LogKeys(made.Signing[0].Key.KeyId, made.Signing.Count);
        Interlocked.Exchange(ref changed, new CancellationTokenSource()).Cancel();
    }

    public void Dispose() => changed.Dispose();

    private IReadOnlyList<StoredKey> Turn(IReadOnlyList<StoredKey> all, KeyUse use, KeySchedule schedule, DateTimeOffset now)
    {
        var keys = all.Where(key => key.Use == use).ToList();
        if (KeyRules.IsDue(keys, schedule, now))
            keys.Add(folder!.Make(use, now));
        foreach (var over in KeyRules.Over(keys, schedule, now).ToArray())
        {
            folder!.Delete(over);
            keys.Remove(over);
        }
        return KeyRules.CurrentFirst(keys, schedule, now);
    }

    private static SigningCredentials SigningOf(StoredKey key)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(key.Content, out _);
        return new SigningCredentials(new ECDsaSecurityKey(ecdsa) { KeyId = key.Id }, SecurityAlgorithms.EcdsaSha256);
    }

    private static EncryptingCredentials SealingOf(StoredKey key) => new(
        new SymmetricSecurityKey(key.Content) { KeyId = key.Id }, SecurityAlgorithms.Aes256KW, SecurityAlgorithms.Aes256CbcHmacSha512);

    [LoggerMessage(Level = LogLevel.Information, Message = "Tokens are signed with key {KeyId}; {Count} keys are published")]
    private partial void LogKeys(string keyId, int count);

    private sealed record Snapshot(IReadOnlyList<SigningCredentials> Signing, IReadOnlyList<EncryptingCredentials> Sealing)
    {
        public string Ids { get; } = string.Join(' ', Signing.Select(one => one.Key.KeyId).Concat(Sealing.Select(one => one.Key.KeyId)));
    }
}
