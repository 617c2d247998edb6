using System.Collections.Concurrent;
using OrleansKd.Grains.Abstractions.Mail;

namespace OrleansKd.Testing.MailServer;

/// <summary>A mail server of a few lines: keeps what it takes, and answers as a test says.</summary>
public sealed class RecordingMailSender : IMailSender
{
    private readonly ConcurrentQueue<MailOrder> taken = new();

    public bool IsOff { get; set; }

    /// <summary>Every attempt's answer; mails are kept when it is <see cref="MailResult.Sent"/>.</summary>
    public Func<MailOrder, Task<MailResult>> Answer { get; set; } = _ => Task.FromResult(MailResult.Sent);

    public IReadOnlyList<MailOrder> Taken => [.. taken];

    public int Attempts => attempts;

    private int attempts;

    public async Task<MailResult> Send(MailOrder order, DateTimeOffset queuedAt, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref attempts);
        var result = await Answer(order);
        if (result.IsSent)
            taken.Enqueue(order);
        return result;
    }
}
