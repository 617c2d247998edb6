using Orleans.Runtime;

namespace OrleansKd.Grains;

/// <summary>
/// How a grain carries out what it owes to others: at once, every few seconds while that fails, and by a reminder after a crash. The
/// reminder is there before the debt is stored, and goes when there is none. One run at a time, beside everything else that its grain does.
/// </summary>
/// <param name="deliver">One round; true when nothing is left to do.</param>
internal sealed class Deliveries(Grain grain, Func<Task<bool>> deliver)
{
    private const string Reminder = "deliveries";

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>The shortest that Orleans allows: after a crash nobody else may wake the grain.</summary>
    private static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    private IGrainTimer? timer;
    private Task round = Task.CompletedTask;
    private bool isAgain;
    private Task? reminding;

    /// <summary>To be awaited before the debt is stored.</summary>
    public Task ArmAsync() => reminding is { IsFaulted: false, IsCanceled: false } ? reminding : reminding = RemindAsync();

    /// <summary>Begins a round, or another one after that which is under way. The task ends with it and never fails.</summary>
    public Task Start()
    {
        isAgain = true;
        return round.IsCompleted ? round = RunAsync() : round;
    }

    /// <summary>What the grain's reminder comes to.</summary>
    public Task RemindedAsync()
    {
        reminding ??= Task.CompletedTask;
        return Start();
    }

    private async Task RunAsync()
    {
        var isDone = false;
        while (isAgain)
        {
            isAgain = false;
            isDone = await deliver();
        }
        if (!isDone)
            Timer.Change(Retry, Timeout.InfiniteTimeSpan);
        else if (reminding is not null)
            await DisarmAsync();
    }

    private async Task RemindAsync() => await grain.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);

    private async Task DisarmAsync()
    {
        reminding = null;
        try
        {
            // Armed again meanwhile: then it stays.
            if (await grain.GetReminder(Reminder) is { } reminder && reminding is null)
                await grain.UnregisterReminder(reminder);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // It comes once more and finds nothing to do.
        }
    }

    private IGrainTimer Timer => timer ??= grain.RegisterGrainTimer(static (deliveries, _) => deliveries.Start(), this, new GrainTimerCreationOptions(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan) { Interleave = true });
}
