using OrleansKd.Grains.Abstractions.Mail;
using OrleansKd.Grains.Mail;

namespace OrleansKd.Grains.Tests.Mail;

public sealed class MailOutboxRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 9, 0, 0, TimeSpan.Zero);
    private static readonly MailOutboxOptions Options = new();

    [Fact]
    public void After_WhenNotTaken_DoublesThePauseUpToTheLongestAndNeverGivesUp()
    {
        var (state, now) = (Queued("a"), Now);
        List<double> pauses = [];
        for (var i = 0; i < 100; i++)
        {
            Assert.NotNull(MailOutboxRules.Due(state, now));
            state = MailOutboxRules.After(state, "a", MailResult.TryAgain("away"), now, Options);
            Assert.Null(MailOutboxRules.Due(state, now));
            pauses.Add((MailOutboxRules.NextAt(state)!.Value - now).TotalSeconds);
            now = MailOutboxRules.NextAt(state)!.Value;
        }

        Assert.Equal([10, 20, 40, 80, 160, 320, 640, 900, 900], pauses[..9]);
        Assert.All(pauses[9..], pause => Assert.Equal(900, pause));
    }

    [Fact]
    public void Due_WhenTheFirstHasToWait_IsTheNextOne()
    {
        var state = MailOutboxRules.After(Queued("a", "b"), "a", MailResult.TryAgain("greylisted"), Now, Options);

        Assert.Equal("b", MailOutboxRules.Due(state, Now)?.Id);
    }

    [Fact]
    public void After_WhenFinished_RemembersWhatBecameOfTheNewest()
    {
        var state = new MailOutboxState();
        for (var i = 0; i <= MailLimits.Remembered; i++)
        {
            state = MailOutboxRules.Queue(state, Order($"m{i}"), Now);
            state = MailOutboxRules.After(state, $"m{i}", i % 2 == 0 ? MailResult.Sent : MailResult.Refused(new string('x', 1_000)), Now, Options);
        }

        Assert.Equal(MailStatus.None, MailOutboxRules.StatusOf(state, "m0"));
        Assert.Equal((MailStatus.Refused, MailStatus.Sent), (MailOutboxRules.StatusOf(state, "m1"), MailOutboxRules.StatusOf(state, "m2")));
        Assert.Equal(MailLimits.Remembered, state.Finished.Length);
        Assert.All(state.Finished, mail => Assert.InRange(mail.Refusal?.Length ?? 0, 0, MailLimits.ReasonCharacters));
    }

    [Fact]
    public void HasRoomFor_WhenTooManyOrTooMuchWaits_IsFalse()
    {
        var full = Queued([.. Enumerable.Range(0, MailLimits.Waiting).Select(i => $"m{i}")]);
        Assert.False(MailOutboxRules.HasRoomFor(full, Order("x")));

        var state = new MailOutboxState();
        while (MailOutboxRules.HasRoomFor(state, Order("x", 7_000)))
            state = MailOutboxRules.Queue(state, Order($"m{state.Waiting.Length}", 7_000), Now);
        Assert.InRange(state.Waiting.Length, 10, MailLimits.Waiting);
        Assert.True(MailOutboxRules.HasRoomFor(state, Order("x", 10)));
    }

    [Fact]
    public void Check_WhenAnOrderIsTooLarge_IsTheCallersMistake()
    {
        MailOutboxRules.Check(Order("x", 7_000));
        Assert.Throws<ArgumentException>(() => MailOutboxRules.Check(Order("x", MailLimits.OrderCharacters)));
        Assert.Throws<ArgumentException>(() => MailOutboxRules.Check(Order("")));
        Assert.Throws<ArgumentException>(() => MailOutboxRules.Check(Order(new string('x', MailLimits.IdCharacters + 1))));
    }

    private static MailOutboxState Queued(params string[] ids) => ids.Aggregate(new MailOutboxState(), (state, id) => MailOutboxRules.Queue(state, Order(id), Now));

    private static MailOrder Order(string id, int characters = 5) =>
        new(id, MailKind.InvitationToClient, "bob@fabrikam.example", "Bob", new Dictionary<string, string> { ["d"] = new string('x', characters) });
}
