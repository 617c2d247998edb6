using System.Net.Sockets;
using System.Security.Authentication;
using Azure;
using Azure.Identity;

namespace OrleansKd.AzureTables.Hosting;

/// <summary>What went wrong between this program and a table, in words that say what to do. Holds no address and no secret.</summary>
/// <param name="What">What happened, as the end of a sentence that names the table.</param>
/// <param name="Fix">What to do, as a sentence.</param>
public sealed record TableProblem(string What, string Fix)
{
    /// <summary>Null when <paramref name="exception"/> is none of storage's.</summary>
    public static TableProblem? Of(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions: [.., var last] } => Of(last),
        CredentialUnavailableException or AuthenticationFailedException => new(
            "this program found no identity to sign in with",
            "Give the machine a managed identity, sign in with 'az login', or set OrleansKd:Storage:ConnectionString instead of :ServiceUri."),
        RequestFailedException { Status: not 0 } refused => OfRefusal(refused),
        OperationCanceledException or TimeoutException => new(
            "the service did not answer in time", "Check the address, the network and any firewall between, and the service's state."),
        RequestFailedException or HttpRequestException or IOException => OfConnection(exception),
        _ => null,
    };

    private static TableProblem OfRefusal(RequestFailedException refused) => (refused.Status, refused.ErrorCode) switch
    {
        (404, "TableNotFound") => new(
            "the table does not exist",
            "If it was deleted, restore it. A program that starts makes missing tables, empty ones; a running one does not, because that would hide the loss."),
        (409, "TableBeingDeleted") => new("the table is just being deleted", "Wait a minute, then start again."),
        (403, "AuthorizationPermissionMismatch" or "InsufficientAccountPermissions" or "AuthorizationServiceMismatch" or "AuthorizationResourceTypeMismatch") => new(
            "this program's identity has no right to create or write tables",
            "Give it the role 'Storage Table Data Contributor' on the storage account."),
        (403, "AuthorizationFailure") => new(
            "the storage account does not let this program in",
            "Check the account's network rules (firewall, private endpoint), whether it allows shared keys, and the role 'Storage Table Data Contributor'."),
        (401, _) or (403, _) => new(
            "the service does not accept this program's key or identity",
            "Check the AccountKey in OrleansKd:Storage:ConnectionString, or the identity for :ServiceUri, and this machine's clock."),
        (404, _) => new("there is no table service at this address", "Check the account's name in OrleansKd:Storage:ConnectionString or :ServiceUri."),
        (429 or >= 500, _) => new($"the service is overloaded or out of order ({refused.Status})", "Try again later; look at the storage account's state and load."),
        _ => new($"the service refused the request ({refused.Status} {refused.ErrorCode})", "Check OrleansKd:Storage, and that the address is that of a table service."),
    };

    private static TableProblem OfConnection(Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            switch (cause)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return new("nothing accepts connections there", "Start the storage service (Azurite), or correct the address in OrleansKd:Storage.");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return new("the host's name is not known", "Correct the address in OrleansKd:Storage, or check the name service.");
                case AuthenticationException:
                    return new("no secure connection could be made", "Check the service's certificate and this machine's clock.");
                case TimeoutException or OperationCanceledException:
                    return Of(new TimeoutException())!;
            }
        }

        return new("the connection broke", "Check the network between this machine and the service.");
    }
}
