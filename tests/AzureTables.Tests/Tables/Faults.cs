using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;

namespace OrleansKd.AzureTables.Tests.Tables;

/// <summary>What the way to the storage does to one request.</summary>
public enum Fault
{
    None,

    /// <summary>The service refuses without carrying it out.</summary>
    Busy503,
    Busy500,
    TooMany429,
    Forbidden403,

    /// <summary>Somebody else was first, says the service of a write; nobody was.</summary>
    Conflict409,
    Mismatch412,

    /// <summary>The connection breaks before the request gets out.</summary>
    NotSent,

    /// <summary>Nothing comes back, and the request never arrived.</summary>
    NotSentSilence,

    /// <summary>Carried out, but the answer is an error.</summary>
    Done503,
    Done500,

    /// <summary>Carried out, but the connection breaks before the answer.</summary>
    DoneLost,

    /// <summary>Carried out, but nothing comes back.</summary>
    DoneSilence,

    /// <summary>Something on the way sends it a second time; the second answer comes back.</summary>
    DoneTwice,
}

/// <summary>Sits in a table client's pipeline, below its retries and its time limit, and does to requests what a test says.</summary>
internal sealed class Faults : HttpPipelinePolicy
{
    private readonly ConcurrentQueue<Fault> appends = new();

    /// <summary>For every request that is not an append.</summary>
    public Func<RequestMethod, Fault> Others { get; set; } = _ => Fault.None;

    /// <summary>For appends when nothing is queued.</summary>
    public Func<Fault> Appends { get; set; } = () => Fault.None;

    /// <summary>Runs after an append was carried out (or not) and before its answer goes on.</summary>
    public Func<Task>? BeforeAnswer { get; set; }

    /// <summary>Completes when a request waits for an answer that never comes.</summary>
    public TaskCompletionSource Silent { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Runs before a transaction is sent: a test can hold it there.</summary>
    public Func<Task>? BeforeSend { get; set; }

    /// <summary>Runs before a change of one row is sent.</summary>
    public Func<Task>? BeforeChange { get; set; }

    /// <summary>Requests until the process dies, null for never: every later one fails at once and for good.</summary>
    public int? DiesAfter { get; set; }

    /// <summary>Whether the last request before that is carried out without an answer, or not sent.</summary>
    public bool LastIsCarriedOut { get; set; }

    public bool IsDead => DiesAfter <= 0;

    public int RequestsSeen { get; private set; }

    public int AppendsSeen { get; private set; }

    /// <summary>The next appends meet these, in this order.</summary>
    public void Queue(params Fault[] faults) => Array.ForEach(faults, appends.Enqueue);

    /// <summary>The request of this number from now on, from 1, meets the fault; the others meet none. Tells whether one did.</summary>
    public Func<bool> At(int number, Fault fault, Func<RequestMethod, bool>? counts = null)
    {
        var left = number;
        Fault Take() => Interlocked.Decrement(ref left) == 0 ? fault : Fault.None;
        Appends = Take;
        Others = method => counts?.Invoke(method) is false ? Fault.None : Take();
        return () => left <= 0;
    }

    public void Stop() => (Appends, Others) = (() => Fault.None, _ => Fault.None);

    public void AddTo(TableClientOptions options) => options.AddPolicy(this, HttpPipelinePosition.BeforeTransport);

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("The log works asynchronously.");

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var isAppend = message.Request.Uri.Path.EndsWith("$batch", StringComparison.Ordinal);
        AppendsSeen += isAppend ? 1 : 0;
        RequestsSeen++;
        if (DiesAfter is { } left)
        {
            DiesAfter = left - 1;
            if (left <= 1)
            {
                if (left == 1 && LastIsCarriedOut)
                {
                    await ProcessNextAsync(message, pipeline);
                }

                throw new InvalidOperationException("The process died.");
            }
        }

        if (isAppend && BeforeSend is { } send)
        {
            await send();
        }

        if (!isAppend && message.Request.Method != RequestMethod.Get && BeforeChange is { } change)
        {
            await change();
        }

        var fault = !isAppend ? Others(message.Request.Method) : appends.TryDequeue(out var queued) ? queued : Appends();
        // No read is answered so.
        fault = fault is (Fault.Conflict409 or Fault.Mismatch412) && message.Request.Method == RequestMethod.Get ? Fault.None : fault;
        if (fault is Fault.None or >= Fault.Done503)
        {
            await ProcessNextAsync(message, pipeline);
        }

        if (isAppend && BeforeAnswer is { } hook)
        {
            await hook();
        }

        switch (fault)
        {
            case Fault.Busy503 or Fault.Done503:
                message.Response = new ErrorResponse(503, "Server Busy", message.Request.ClientRequestId);
                break;
            case Fault.Busy500 or Fault.Done500:
                message.Response = new ErrorResponse(500, "OperationTimedOut", message.Request.ClientRequestId);
                break;
            case Fault.TooMany429:
                message.Response = new ErrorResponse(429, "Too Many Requests", message.Request.ClientRequestId);
                break;
            case Fault.Forbidden403:
                message.Response = new ErrorResponse(403, "Forbidden", message.Request.ClientRequestId);
                break;
            case Fault.Conflict409:
                message.Response = new ErrorResponse(409, "Conflict", message.Request.ClientRequestId);
                break;
            case Fault.Mismatch412:
                message.Response = new ErrorResponse(412, "Precondition Failed", message.Request.ClientRequestId);
                break;
            case Fault.NotSent or Fault.DoneLost:
                throw new RequestFailedException("The connection broke.", new IOException("reset"));
            case Fault.NotSentSilence or Fault.DoneSilence:
                Silent.TrySetResult();
                await Task.Delay(Timeout.Infinite, message.CancellationToken);
                break;
            case Fault.DoneTwice:
                await ProcessNextAsync(message, pipeline);
                break;
        }
    }

    private sealed class ErrorResponse(int status, string reason, string requestId) : Response
    {
        public override int Status => status;

        public override string ReasonPhrase => reason;

        /// <summary>As the transport marks it: only then do the SDK's repetitions see it.</summary>
        public override bool IsError => true;

        public override Stream? ContentStream { get; set; } = new MemoryStream();

        public override string ClientRequestId { get; set; } = requestId;

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => false;

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => [];

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value)
        {
            value = null;
            return false;
        }

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = null;
            return false;
        }
    }
}
