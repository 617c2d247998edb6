using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model;

/// <summary>What is wrong with a session's name or description (rule B5), said before the server is asked; null: nothing.</summary>
internal static class SessionNames
{
    public static string? ProblemOfName(string name) =>
        name.Length == 0 ? "Give the session a name: others find it by that."
        : name.Length > Limits.SessionNameLength ? $"The name has {name.Length} characters; {Limits.SessionNameLength} are the most."
        : VisibleText.HasHidden(name, isOneLine: true) ? $"The name has a character that can't be seen: {VisibleText.Line(name)}"
        : null;

    public static string? ProblemOfDescription(string description) =>
        description.Length > Limits.SessionDescriptionLength ? $"The description has {description.Length} characters; {Limits.SessionDescriptionLength} are the most."
        : VisibleText.HasHidden(description, isOneLine: false) ? "The description has a character that can't be seen. Type it instead of pasting it."
        : null;
}
