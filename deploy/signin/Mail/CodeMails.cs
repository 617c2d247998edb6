using System.Threading.Channels;
using Microsoft.Extensions.Options;
using OrleansKd.Mail;

namespace OrleansKd.SignIn.Mail;

/// <summary>
/// Sends codes behind the pages' backs, so that how long a page takes tells nothing. A mail that is not taken is tried for as long as its code
/// is good; after a restart a person asks for another.
/// </summary>
internal sealed partial class CodeMails(IOptions<MailOptions> options, TimeProvider time, ILogger<CodeMails> logger) : BackgroundService
{
    /// <summary>Mails that wait: more than a small team asks for while a mail server is away.</summary>
    private const int Waiting = 200;

    /// <summary>Mails on their way at once: one that a mail server sits on holds up nobody else's.</summary>
    private const int Parallel = 4;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Channel<CodeMailOrder> orders = Channel.CreateBounded<CodeMailOrder>(Waiting);

    /// <summary>False when too many wait.</summary>
    public bool TrySend(CodeMailOrder order) => orders.Writer.TryWrite(order);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var carrier = MailCarrier.For(options.Value)!;
        using var owned = carrier as IDisposable;
        await System.Threading.Tasks.Parallel.ForEachAsync(
            orders.Reader.ReadAllAsync(stoppingToken),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel, CancellationToken = stoppingToken },
            (order, cancellationToken) => new ValueTask(SendAsync(carrier, order, cancellationToken)));
    }

    private async Task SendAsync(IMailCarrier carrier, CodeMailOrder order, CancellationToken cancellationToken)
    {
        using var message = CodeMail.Make(options.Value, order);
        while (true)
        {
            var delivery = await carrier.CarryAsync(message, order.Name, cancellationToken);
            if (delivery.IsSent)
                return;
            LogNotTaken(order.Name, delivery.Reason);
            if (delivery.IsFinal || time.GetUtcNow() - order.At > TimeSpan.FromMinutes(order.Minutes))
                return;
            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Mail {Name} with a code was not taken: {Reason}")]
    private partial void LogNotTaken(string name, string? reason);
}
