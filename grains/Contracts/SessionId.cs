using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OrleansKd.Contracts;

/// <summary>
/// Names one shared debugging session. Text form: 26 characters of <c>a-z2-7</c> (128 random bits in base 32), so it
/// can't be guessed and needs no escaping in a URL, a table key or a file name.
/// </summary>
public readonly record struct SessionId
{
    /// <summary>Number of characters of the text form.</summary>
    public const int TextLength = 26;

    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";
    private readonly string? text;

    private SessionId(string text) => this.text = text;

    /// <summary>Makes a new id from 128 random bits.</summary>
    public static SessionId New() => new(RandomNumberGenerator.GetString(Alphabet, TextLength));

    /// <summary>Reads the text form; anything else is no session id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out SessionId id)
    {
        var valid = text is { Length: TextLength } && text.AsSpan().IndexOfAnyExcept(Alphabet) < 0;
        id = valid ? new SessionId(text!) : default;
        return valid;
    }

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is no session id.</exception>
    public static SessionId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not a session id ({TextLength} characters of a-z and 2-7).");

    public override string ToString() => text ?? throw new InvalidOperationException("This session id was never set.");
}
