using Azure;

namespace Orleans.Storage;

/// <summary>The stored state is not the one that was read: another activation wrote it. Read it again.</summary>
[GenerateSerializer, Alias("OrleansKd.TableStorageUpdateConditionNotSatisfiedException")]
public class TableStorageUpdateConditionNotSatisfiedException : InconsistentStateException
{
    public TableStorageUpdateConditionNotSatisfiedException()
    {
    }

    public TableStorageUpdateConditionNotSatisfiedException(string msg)
        : base(msg)
    {
    }

    public TableStorageUpdateConditionNotSatisfiedException(string msg, Exception exc)
        : base(msg, exc)
    {
    }

    internal TableStorageUpdateConditionNotSatisfiedException(string table, string partitionKey, string rowKey, string? etag, RequestFailedException cause)
        : base($"Row '{rowKey}' of '{partitionKey}' in table {table} is not at ETag {etag ?? "(none: a new row)"} any more ({cause.Status}).", "unknown", etag ?? "", cause)
    {
    }
}
