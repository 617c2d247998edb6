namespace OrleansKd.Agent.Debugger;

/// <summary>A debugger was not started; the message is for the host: what happened, to what, and what to do (rule B2).</summary>
internal sealed class DebuggerStartException(string message, Exception? inner = null) : Exception(message, inner);
