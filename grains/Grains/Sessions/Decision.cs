using OrleansKd.Grains.Abstractions;
using OrleansKd.Grains.Abstractions.SessionLog;

namespace OrleansKd.Grains.Sessions;

/// <summary>An entry that a rule wants recorded; sequence and time are given when it is.</summary>
internal sealed record NewEntry(SessionLogEntryKind Kind, SessionLogEntryBody Body);

/// <summary>What a rule answers.</summary>
internal abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>Record these, all in one write; nothing to record means that it is so already.</summary>
    public sealed record Record(NewEntry[] Entries) : Decision
    {
        public static readonly Record Nothing = new([]);
    }

    public sealed record Refuse(Refusal Refusal) : Decision;

    /// <summary>First a debugger has to be started; <see cref="LifecycleRules.AfterStart"/> says then what to record.</summary>
    public sealed record StartFirst(string Computer, string Debugger, string Arguments) : Decision;

    /// <summary>What is recorded carries the request's name on its last entry.</summary>
    public Decision Under(Outcome<RequestName>? request) => request?.Value is { } name && this is Record { Entries: [.. var before, var last] }
        ? new Record([.. before, last with { Body = last.Body with { RequestName = name.Name, RequestAbout = name.About } }])
        : this;

    public static implicit operator Decision(Refusal refusal) => new Refuse(refusal);
}
