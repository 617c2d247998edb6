using System.Text;
using OrleansKd.Agent.Spool;
using OrleansKd.Contracts;

namespace OrleansKd.Agent.Debugger;

/// <summary>
/// Takes the secrets that a debugger was given out of what it prints (rule B8), also those that are split between reads: debuggers echo their
/// transport strings. Everything else passes unchanged. What could still become a secret is held back until what follows, or
/// <see cref="Flush"/>, shows what it is. Called one at a time, but <see cref="Hide"/>.
/// </summary>
internal sealed class SecretFilter(IRunRecord record)
{
    /// <summary>Shorter ones stand in every output by chance; they are hidden only behind their name, as they were written.</summary>
    private const int MinBytes = 4;

    /// <summary>Each is searched for in all output. More than a session has commands with a password; the oldest is forgotten.</summary>
    private const int MaxSecrets = 64;

    private static readonly byte[] Shown = Encoding.UTF8.GetBytes(SecretText.Hidden);

    private volatile Secret[] secrets = [];
    private byte[] held = [];

    public void Hide(IEnumerable<FoundSecret> found)
    {
        foreach (var secret in found.Select(Secret.Of).Where(secret => !secrets.Any(known => known.Bytes.AsSpan().SequenceEqual(secret.Bytes))))
            secrets = [.. secrets.TakeLast(MaxSecrets - 1), secret];
    }

    public void Output(ReadOnlySpan<byte> bytes)
    {
        if (held.Length > 0)
            bytes = (byte[])[.. held, .. bytes];
        held = [];
        Pass(bytes, isEnd: false);
    }

    /// <summary>Nothing follows for now: what was held back is output.</summary>
    public void Flush()
    {
        var rest = held;
        held = [];
        Pass(rest, isEnd: true);
    }

    private void Pass(ReadOnlySpan<byte> bytes, bool isEnd)
    {
        var known = secrets;
        var from = 0;
        for (var at = 0; known.Length > 0 && at < bytes.Length; at++)
        {
            var here = bytes[at..];
            if (!isEnd && CouldBegin(known, here))
            {
                held = here.ToArray();
                bytes = bytes[..at];
            }
            else if (LongestAt(known, here) is { } secret)
            {
                Pass(bytes[from..at]);
                record.Output(secret.Shown);
                at += secret.Bytes.Length - 1;
                from = at + 1;
            }
        }
        Pass(bytes[from..]);
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 0)
            record.Output(bytes);
    }

    private static bool CouldBegin(Secret[] known, ReadOnlySpan<byte> text)
    {
        foreach (var secret in known)
        {
            if (text.Length < secret.Bytes.Length && secret.Bytes.AsSpan().StartsWith(text))
                return true;
        }
        return false;
    }

    private static Secret? LongestAt(Secret[] known, ReadOnlySpan<byte> text)
    {
        Secret? longest = null;
        foreach (var secret in known)
        {
            if (secret.Bytes.Length > (longest?.Bytes.Length ?? 0) && text.StartsWith(secret.Bytes))
                longest = secret;
        }
        return longest;
    }

    private sealed record Secret(byte[] Bytes, byte[] Shown)
    {
        public static Secret Of(FoundSecret found)
        {
            var value = Encoding.UTF8.GetBytes(found.Value);
            return value.Length >= MinBytes
                ? new(value, SecretFilter.Shown)
                : new(Encoding.UTF8.GetBytes(found.Name + found.Value), Encoding.UTF8.GetBytes(found.Name + SecretText.Hidden));
        }
    }
}
