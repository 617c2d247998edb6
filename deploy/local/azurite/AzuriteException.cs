namespace OrleansKd.Local.Azurite;

/// <summary>Azurite can't be installed or started. The message says why and what to do.</summary>
public sealed class AzuriteException(string message, Exception? innerException = null) : Exception(message, innerException);
