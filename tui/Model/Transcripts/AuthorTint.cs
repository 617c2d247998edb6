using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Transcripts;

/// <summary>A person's colour: the same in every window and on every computer, without anybody giving it out.</summary>
internal static class AuthorTint
{
    /// <summary>Terminals have few colours that can be told apart on both backgrounds.</summary>
    public const byte Count = 6;

    /// <summary>1 to <see cref="Count"/>; 0 for nobody.</summary>
    public static byte Of(UserSummary? person)
    {
        if (person is null)
            return 0;
        // FNV-1a: string.GetHashCode differs from process to process.
        var hash = 2_166_136_261;
        foreach (var c in person.Email)
            hash = unchecked((hash ^ char.ToLowerInvariant(c)) * 16_777_619);
        return (byte)(1 + (hash % Count));
    }
}
