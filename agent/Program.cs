using System.CommandLine;
using OrleansKd.Agent;

// The host handles the signals that end a program, and gives debuggers the time they need.
return await AgentCommand.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
