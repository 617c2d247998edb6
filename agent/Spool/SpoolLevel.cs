using OrleansKd.Contracts;

namespace OrleansKd.Agent.Spool;

/// <summary>
/// How full a spool is, as people are told. A state ends only well below where it began, so that a spool that stays at its limit does not
/// tell so with every piece that the server takes.
/// </summary>
/// <param name="limitBytes">Of the spool.</param>
internal sealed class SpoolLevel(long limitBytes)
{
    private const int WarnPercent = 80;
    private const int FullUntilPercent = 90;
    private const int NormalUntilPercent = 60;

    public SpoolState State { get; private set; }

    /// <summary>Output was left out and goes on: only when enough has gone that a flood makes few and large gaps.</summary>
    public bool HasRoomAgain(long bytes) => bytes <= Part(FullUntilPercent);

    /// <summary>Takes note of what is on disk; true when the state is another one now.</summary>
    /// <param name="isFull">Output waits, or was left out just now; then <paramref name="action"/> says which.</param>
    public bool Moved(long bytes, bool isFull, SpoolFullAction action)
    {
        var before = State;
        State = this switch
        {
            _ when isFull => action is SpoolFullAction.Gap ? SpoolState.LeavingOut : SpoolState.Holding,
            _ when bytes <= Part(NormalUntilPercent) => SpoolState.Normal,
            { State: SpoolState.Holding or SpoolState.LeavingOut } => HasRoomAgain(bytes) ? SpoolState.NearlyFull : State,
            _ => bytes >= Part(WarnPercent) ? SpoolState.NearlyFull : State,
        };
        return State != before;
    }

    private long Part(int percent) => limitBytes / 100 * percent;
}
