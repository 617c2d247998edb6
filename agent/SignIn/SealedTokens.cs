using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.SignIn;

/// <summary>
/// A sign-in's tokens as a profile on disk has them: AES-GCM with the keychain's key, bound to the server, base64url of nonce, tag and
/// text. What can't be opened stays as it is, so that its key may come back.
/// </summary>
internal static class SealedTokens
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    public static ServerSignIn Seal(string server, ServerSignIn signIn, byte[] key)
    {
        if (signIn.Sealed is not null)
            return signIn;
        var plain = JsonSerializer.SerializeToUtf8Bytes(new Tokens(signIn.AccessToken, signIn.RefreshToken), WireJson.Options);
        var packed = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(Nonce(packed));
        using var cipher = new AesGcm(key, TagBytes);
        cipher.Encrypt(Nonce(packed), plain, Text(packed), Tag(packed), Encoding.UTF8.GetBytes(server));
        return signIn with { AccessToken = "", RefreshToken = null, Sealed = Base64Url.EncodeToString(packed) };
    }

    /// <summary>The sign-in with its tokens; as it is when it is not sealed, or this is not its key.</summary>
    public static ServerSignIn Open(string server, ServerSignIn signIn, byte[]? key)
    {
        if (signIn.Sealed is null || key is null)
            return signIn;
        try
        {
            var packed = Base64Url.DecodeFromChars(signIn.Sealed);
            if (packed.Length < NonceBytes + TagBytes)
                return signIn;
            var plain = new byte[Text(packed).Length];
            using var cipher = new AesGcm(key, TagBytes);
            cipher.Decrypt(Nonce(packed), Text(packed), Tag(packed), plain, Encoding.UTF8.GetBytes(server));
            return JsonSerializer.Deserialize<Tokens>(plain, WireJson.Options) is { } tokens
                ? signIn with { AccessToken = tokens.AccessToken, RefreshToken = tokens.RefreshToken, Sealed = null }
                : signIn;
        }
        catch (Exception problem) when (problem is FormatException or CryptographicException)
        {
            return signIn;
        }
    }

    private static Span<byte> Nonce(byte[] packed) => packed.AsSpan(0, NonceBytes);

    private static Span<byte> Tag(byte[] packed) => packed.AsSpan(NonceBytes, TagBytes);

    private static Span<byte> Text(byte[] packed) => packed.AsSpan(NonceBytes + TagBytes);

    private sealed record Tokens(string AccessToken, string? RefreshToken);
}
