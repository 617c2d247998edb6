using System.Globalization;
using System.Text;

namespace OrleansKd.Grains.Abstractions.Users;

/// <summary>
/// Names an account by its verified e-mail address. Text form: the address trimmed and lower-cased, every character but
/// <c>a-z 0-9 @ . _ + -</c> written as <c>=XXXX</c> (UTF-16), so that two addresses never share a table row however keys are
/// sanitised below.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.UserId")]
public readonly record struct UserId
{
    private const string Safe = "abcdefghijklmnopqrstuvwxyz0123456789@._+-";

    [Id(0)]
    private readonly string? text;

    private UserId(string text) => this.text = text;

    public static string Normalize(string email) => email.Trim().ToLowerInvariant();

    public static UserId FromEmail(string email)
    {
        var key = new StringBuilder(email.Length);
        foreach (var c in Normalize(email))
        {
            if (Safe.Contains(c, StringComparison.Ordinal))
                key.Append(c);
            else
                key.Append('=').Append(((int)c).ToString("X4", CultureInfo.InvariantCulture));
        }
        return new UserId(key.ToString());
    }

    /// <summary>Reads back what <see cref="ToString"/> wrote.</summary>
    public static UserId FromKey(string key) => new(key);

    public override string ToString() => text ?? throw new InvalidOperationException("This user id was never set.");
}
