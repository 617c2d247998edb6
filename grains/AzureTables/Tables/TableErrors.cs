using System.Net;
using Azure;
using Azure.Data.Tables.Models;

namespace OrleansKd.AzureTables.Tables;

internal static class TableErrors
{
    /// <summary>Somebody else was first, or the row is gone: an answer, not a failure. A missing table is a failure.</summary>
    public static bool IsContention(this RequestFailedException e) =>
        e.Status is (int)HttpStatusCode.NotFound or (int)HttpStatusCode.Conflict or (int)HttpStatusCode.PreconditionFailed && !e.IsMissingTable();

    public static bool IsMissingTable(this RequestFailedException e) => e.ErrorCode == TableErrorCode.TableNotFound;

    /// <summary>
    /// The service, or the way to it, may do better later; whether the request was carried out is not known.
    /// 500 and 503 are also how the service says that it is overloaded.
    /// </summary>
    public static bool IsTransient(Exception e, CancellationToken cancellationToken) => e switch
    {
        RequestFailedException failed => failed.Status is 0 or 408 or 429 or >= 500,
        AggregateException several => several.InnerExceptions.All(inner => IsTransient(inner, cancellationToken)),
        // The SDK's own time limit for one attempt.
        OperationCanceledException => !cancellationToken.IsCancellationRequested,
        IOException or TimeoutException or HttpRequestException => true,
        _ => false,
    };

    /// <summary>A row does not hold what its reader expects: something is missing, malformed, or of another type (which the SDK's getters answer with the last of these).</summary>
    public static bool IsUnreadable(this Exception exception) => exception is FormatException or ArgumentException or OverflowException or InvalidOperationException;
}
