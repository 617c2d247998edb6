using Orleans;
using Orleans.Runtime;

namespace OrleansKd.AzureTables.Tests.Hosting;

[Alias("OrleansKd.Tests.ICounterGrain")]
public interface ICounterGrain : IGrainWithStringKey
{
    [Alias("Add")]
    Task<int> Add(int number);

    [Alias("Forget")]
    Task Forget();

    [Alias("Remind")]
    Task Remind(string name);

    [Alias("Reminders")]
    Task<string[]> Reminders();
}

[GenerateSerializer, Alias("OrleansKd.Tests.CounterState")]
public sealed class CounterState
{
    [Id(0)]
    public int Total { get; set; }
}

public sealed class CounterGrain([PersistentState("counter")] IPersistentState<CounterState> state) : Grain, ICounterGrain, IRemindable
{
    public async Task<int> Add(int number)
    {
        state.State.Total += number;
        await state.WriteStateAsync();
        return state.State.Total;
    }

    public Task Forget() => state.ClearStateAsync();

    public Task Remind(string name) => this.RegisterOrUpdateReminder(name, TimeSpan.FromHours(1), TimeSpan.FromHours(1));

    public async Task<string[]> Reminders() => [.. (await this.GetReminders()).Select(reminder => reminder.ReminderName)];

    public Task ReceiveReminder(string reminderName, TickStatus status) => Task.CompletedTask;
}
