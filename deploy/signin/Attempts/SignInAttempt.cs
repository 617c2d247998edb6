using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace OrleansKd.SignIn.Attempts;

/// <summary>What an entered code turned out to be.</summary>
internal enum CodeAnswer
{
    Right,
    Wrong,

    /// <summary>It was the last try.</summary>
    Locked,

    /// <summary>None was asked for, or it ended, was used, or was tried too often.</summary>
    None,
}

/// <summary>
/// One browser on its way from the code in the terminal to the consent. Invariant: <see cref="Proven"/> is an address whose code, mailed for
/// this browser, was entered in it; another device's code, or another address, begins anew.
/// </summary>
internal sealed class SignInAttempt
{
    /// <summary>With eight digits and twenty codes an hour for an address: a chance of one in a million each hour.</summary>
    public const int Tries = 5;

    public const int Digits = 8;

    private readonly Lock gate = new();
    private readonly byte[] secret = RandomNumberGenerator.GetBytes(32);
    private byte[]? expected;
    private DateTimeOffset endsAt;
    private int triesLeft;

    /// <summary>The device's code, as <see cref="DeviceCode.Normalize"/> gives it.</summary>
    public string? UserCode { get; private set; }

    /// <summary>Whom a code was mailed to, or would have been.</summary>
    public string? Email { get; private set; }

    /// <summary>The address that is proven.</summary>
    public string? Proven { get; private set; }

    public void Begin(string userCode)
    {
        lock (gate)
        {
            (UserCode, Email, Proven, expected) = (userCode, null, null, null);
        }
    }

    /// <summary>Makes the code to mail; an earlier one is good no more.</summary>
    public string Ask(string email, DateTimeOffset endsAt)
    {
        var code = RandomNumberGenerator.GetInt32(100_000_000).ToString("D8", CultureInfo.InvariantCulture);
        lock (gate)
        {
            (Email, Proven, this.endsAt, triesLeft) = (email, null, endsAt, Tries);
            expected = HashOf(code);
        }
        return code;
    }

    public CodeAnswer Try(string? entered, DateTimeOffset now)
    {
        var digits = string.Concat((entered ?? "").Where(char.IsAsciiDigit));
        lock (gate)
        {
            if (expected is null || now >= endsAt)
            {
                expected = null;
                return CodeAnswer.None;
            }
            var isRight = CryptographicOperations.FixedTimeEquals(expected, HashOf(digits));
            triesLeft--;
            if (isRight)
            {
                (Proven, expected) = (Email, null);
                return CodeAnswer.Right;
            }
            if (triesLeft > 0)
                return CodeAnswer.Wrong;
            expected = null;
            return CodeAnswer.Locked;
        }
    }

    private byte[] HashOf(string code) => HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(code));
}

/// <summary>The code that a terminal shows, as people type it.</summary>
internal static class DeviceCode
{
    /// <summary>No vowels, so that it spells nothing, and nothing that looks like something else (RFC 8628, 6.1).</summary>
    public static readonly string[] Letters = [.. "BCDFGHJKLMNPQRSTVWXZ".Select(letter => letter.ToString())];

    public const int Length = 8;

    /// <summary>Letters only, in upper case; null when it can't be one.</summary>
    public static string? Normalize(string? text)
    {
        var letters = string.Concat((text ?? "").Where(char.IsAsciiLetter)).ToUpperInvariant();
        return letters.Length == Length && text!.Length <= 2 * Length ? letters : null;
    }

    public static string Show(string code) => $"{code[..4]}-{code[4..]}";
}
