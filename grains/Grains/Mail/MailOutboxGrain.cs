using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using OrleansKd.Grains.Abstractions.Mail;

namespace OrleansKd.Grains.Mail;

/// <summary>
/// One recipient's outbox. Invariant: a mail is stored as waiting before anybody is told that it is queued, and stops being so only after
/// the mail server has taken or refused it for good. A crash between the server's answer and our note of it repeats that one mail, with
/// the same Message-ID; nothing else ever does. A reminder, registered before the first mail is stored, goes on after any crash;
/// shorter pauses are a timer's.
/// </summary>
[System.Diagnostics.CodeAnalysis.SuppressMessage("Design", "CA1001", Justification = "A semaphore whose wait handle is never asked for holds nothing to dispose.")]
[GrainType("mailOutbox")]
internal sealed partial class MailOutboxGrain(
    [PersistentState("mailOutbox", "OrleansKd")] IPersistentState<MailOutboxState> stored,
    IMailSender sender,
    IOptionsMonitor<MailOutboxOptions> options,
    TimeProvider time,
    ILogger<MailOutboxGrain> logger) : Grain, IMailOutboxGrain, IRemindable
{
    private const string Reminder = "mail";

    /// <summary>How long the end of an activation waits for a mail that is on its way, so that it is not repeated.</summary>
    private static readonly TimeSpan EndWait = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource ending = new();
    private readonly SemaphoreSlim storing = new(1, 1);
    private Task sending = Task.CompletedTask;
    private IGrainTimer? timer;
    private bool isReminded;
    private bool isBroken;

    // What is known to be stored: what is being written may still fail, and nobody is told of it.
    private MailOutboxState durable = null!;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        durable = stored.State;
        timer = this.RegisterGrainTimer(static (grain, _) => grain.SendDue(), this, new GrainTimerCreationOptions(TimeSpan.Zero, Timeout.InfiniteTimeSpan) { Interleave = true });
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await ending.CancelAsync();
        await Task.WhenAny(sending, Task.Delay(EndWait, cancellationToken));
    }

    public async Task Enqueue(MailOrder order)
    {
        if (sender.IsOff)
            return;
        MailOutboxRules.Check(order);
        CheckNotBroken();
        if (MailOutboxRules.StatusOf(stored.State, order.Id) is not MailStatus.None)
            return;
        if (!MailOutboxRules.HasRoomFor(stored.State, order))
            throw new InvalidOperationException($"{stored.State.Waiting.Length} mails wait for this recipient already; mail {order.Id} is not queued. The mail server has to take some first.");
        await RemindAsync();
        await StoreAsync(state => MailOutboxRules.Queue(state, order, time.GetUtcNow()));
        timer?.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    public Task<MailStatus> StatusOf(string orderId) => Task.FromResult(MailOutboxRules.StatusOf(durable, orderId));

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (stored.State.Waiting.Length > 0)
        {
            isReminded = true;
            _ = SendDue();
            return;
        }
        isReminded = false;
        if (await this.GetReminder(Reminder) is { } reminder)
            await this.UnregisterReminder(reminder);
    }

    private async Task RemindAsync()
    {
        if (isReminded)
            return;
        var period = options.CurrentValue.ReminderPeriod;
        await this.RegisterOrUpdateReminder(Reminder, period, period);
        isReminded = true;
    }

    private Task SendDue()
    {
        if (sending.IsCompleted && !ending.IsCancellationRequested)
            sending = SendAsync();
        return Task.CompletedTask;
    }

    /// <summary>One after the other, beside everything else that this grain does.</summary>
    private async Task SendAsync()
    {
        try
        {
            while (!ending.IsCancellationRequested && !isBroken && MailOutboxRules.Due(stored.State, time.GetUtcNow()) is { } mail)
            {
                // Not cancelled by the end of the activation: an answer that is not awaited would be a mail sent twice.
                var result = await sender.Send(mail.ToOrder(), mail.QueuedAt, CancellationToken.None);
                Log(mail, result);
                await StoreAsync(state => MailOutboxRules.After(state, mail.Id, result, time.GetUtcNow(), options.CurrentValue));
            }
        }
        catch (Exception exception)
        {
            // The storage, or a bug: the activation has ended or the reminder tries again.
            LogFailed(exception);
            return;
        }
        if (!ending.IsCancellationRequested && MailOutboxRules.NextAt(stored.State) is { } next)
            timer?.Change(next - time.GetUtcNow() is { } pause && pause > TimeSpan.Zero ? pause : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }

    /// <summary>One change at a time, each from what the one before has stored.</summary>
    private async Task StoreAsync(Func<MailOutboxState, MailOutboxState> change)
    {
        await storing.WaitAsync();
        var before = stored.State;
        try
        {
            CheckNotBroken();
            stored.State = change(before);
            await stored.WriteStateAsync();
            durable = stored.State;
        }
        catch
        {
            // What is stored is not known: the next activation reads it, and this one answers nothing from it.
            (isBroken, stored.State) = (true, before);
            DeactivateOnIdle();
            throw;
        }
        finally
        {
            storing.Release();
        }
    }

    private void CheckNotBroken()
    {
        if (isBroken)
            throw new InvalidOperationException("This activation of the outbox lost its storage and ends. Try again.");
    }

    private void Log(WaitingMail mail, MailResult result)
    {
        if (result.IsSent)
            LogSent(mail.Id, mail.Attempts + 1);
        else if (result.IsFinal)
            LogRefused(mail.Id, result.Reason);
        else
            LogNotTaken(mail.Id, mail.Attempts + 1, result.Reason, MailOutboxRules.PauseAfter(mail.Attempts, options.CurrentValue).TotalSeconds);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Mail {Mail} was taken by the mail server at attempt {Attempt}.")]
    private partial void LogSent(string mail, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {Mail} was refused for good and is not tried again: {Reason}")]
    private partial void LogRefused(string mail, string? reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {Mail} was not taken at attempt {Attempt}: {Reason}. It is tried again in {Seconds:F0} seconds.")]
    private partial void LogNotTaken(string mail, int attempt, string? reason, double seconds);

    [LoggerMessage(Level = LogLevel.Error, Message = "An outbox could not go on; its mails are kept and the reminder tries again.")]
    private partial void LogFailed(Exception exception);
}
