using OrleansKd.Agent.Api;
using OrleansKd.Contracts;

namespace OrleansKd.Tui.Model.Lists;

/// <summary>The session that is selected in a list, in full: asked for again when another is selected or it has changed. Raises <see cref="Changed"/> on any thread.</summary>
internal sealed class SelectedSession(SessionsClient sessions, TimeProvider time)
{
    /// <summary>Somebody who goes through a list with a key held down asks for one session, not for all of them.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(150);

    private volatile SessionSummary? summary;
    private volatile SessionDetails? details;

    public event Action? Changed;

    /// <summary>Of this session; null: not known (yet).</summary>
    public SessionDetails? Of(string sessionId) => details is { } known && known.Summary.Id == sessionId ? known : null;

    public void Select(SessionSummary? selected)
    {
        if (selected == summary)
            return;
        summary = selected;
        if (selected is not null)
            _ = Task.Run(() => LoadAsync(selected));
    }

    private async Task LoadAsync(SessionSummary selected)
    {
        try
        {
            await Task.Delay(Rest, time);
            if (summary != selected)
                return;
            var found = await sessions.GetSessionAsync(selected.Id, CancellationToken.None);
            if (summary?.Id != selected.Id)
                return;
            details = found;
            Changed?.Invoke();
        }
        catch (ProblemException)
        {
            // The list says what is wrong with the server; what is known of the session stays.
        }
    }
}
