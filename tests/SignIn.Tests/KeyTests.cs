using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansKd.SignIn.Hosting;
using OrleansKd.SignIn.Keys;

namespace OrleansKd.SignIn.Tests;

/// <summary>Keys come, sign, and go, so that nobody who keeps a copy of the published ones is surprised.</summary>
public sealed class KeyTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly string folder = Directory.CreateTempSubdirectory("orleanskd-keys-").FullName;
    private readonly FakeTimeProvider time = new(Start);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Two years, four looks a day: whoever looks at the published keys every 12 hours can always check what was just signed, and what was signed before.</summary>
    [Fact]
    public void Ring_OverTwoYears_SignsOnlyWithKeysThatWereLongPublishedAndKeepsThoseStillNeeded()
    {
        const int LooksADay = 4;
        using var ring = Ring();
        List<(string Signs, HashSet<string> Published)> seen = [];
        for (var look = 0; look < 2 * 365 * LooksADay; look++, time.Advance(TimeSpan.FromDays(1) / LooksADay))
        {
            ring.Look();
            seen.Add((ring.Signing[0].Key.KeyId, [.. ring.Signing.Select(key => key.Key.KeyId)]));
        }

        Assert.InRange(seen.Select(one => one.Signs).Distinct().Count(), 8, 9);
        // A day and a half before, at the latest; the first key has nobody to wait for.
        Assert.All(seen.Skip(LooksADay * 3 / 2).Zip(seen), pair => Assert.Contains(pair.First.Signs, pair.Second.Published));
        // A refresh token lives for thirty days, and is signed too.
        Assert.All(seen.Zip(seen.Skip(30 * LooksADay)), pair => Assert.Contains(pair.First.Signs, pair.Second.Published));
        Assert.All(seen, one => Assert.InRange(one.Published.Count, 1, 2));
        // What a sealing key made lives for 30 days.
        Assert.InRange(ring.Sealing.Count, 1, 2);
    }

    [Fact]
    public void Ring_WhenASealingKeyIsReplaced_IsKeptUntilWhatItMadeHasEnded()
    {
        using var ring = Ring();
        ring.Look();
        var first = ring.Sealing[0].Key.KeyId;
        time.Advance(TimeSpan.FromDays(90));
        ring.Look();
        Assert.NotEqual(first, ring.Sealing[0].Key.KeyId);
        time.Advance(TimeSpan.FromDays(30));
        ring.Look();
        Assert.Contains(first, ring.Sealing.Select(key => key.Key.KeyId));
        time.Advance(TimeSpan.FromMinutes(5));
        ring.Look();
        Assert.DoesNotContain(first, ring.Sealing.Select(key => key.Key.KeyId));
    }

    [Fact]
    public void Ring_WhenKeysChange_SaysSoOnce()
    {
        using var ring = Ring();
        ring.Look();
        var changes = ring.Changes();
        ring.Look();
        Assert.False(changes.HasChanged);
        time.Advance(TimeSpan.FromDays(88));
        ring.Look();
        Assert.True(changes.HasChanged);
        Assert.False(ring.Changes().HasChanged);
    }

    [Fact]
    public void Ring_WhenOpenedAgain_HasTheSameKeysInFilesOfItsUserOnly()
    {
        using var first = Ring();
        first.Look();
        using var second = Ring();
        second.Look();

        Assert.Equal(first.Signing[0].Key.KeyId, second.Signing[0].Key.KeyId);
        var files = Directory.GetFiles(Path.Combine(folder, "keys"));
        Assert.Equal(2, files.Length);
        if (OperatingSystem.IsWindows())
            return;
        Assert.Equal([UnixFileMode.UserRead | UnixFileMode.UserWrite], files.Select(file => ModeOf(file)).Distinct());
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, ModeOf(Path.Combine(folder, "keys")));
    }

    [Fact]
    public void Ring_WhenOthersCanReadTheFolder_IsRefusedWithWhatToDo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has access lists instead.");
        Directory.CreateDirectory(Path.Combine(folder, "keys"));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(folder, "keys"), (UnixFileMode)Convert.ToInt32("755", 8));
        using var ring = Ring();

        Assert.Contains("chmod 700", Assert.Throws<StartException>(ring.Look).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ring_WhenAFileIsNoKey_IsRefusedByName()
    {
        using (var ring = Ring())
            ring.Look();
        var file = Directory.GetFiles(Path.Combine(folder, "keys"), "signing-*")[0];
        File.WriteAllText(file, "{");
        using var damaged = Ring();

        Assert.Contains(file, Assert.Throws<StartException>(damaged.Look).Message, StringComparison.Ordinal);
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private KeyRing Ring() => new(Microsoft.Extensions.Options.Options.Create(new SignInOptions { Data = folder }), time, NullLogger<KeyRing>.Instance);
}
