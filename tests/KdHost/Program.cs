using OrleansKd.KdHost;
using OrleansKd.KdHost.Engine;

ProcessEnd.With(Run(args, new OutputWriter(Console.OpenStandardOutput())));

static int Run(string[] args, OutputWriter output)
{
    try
    {
        var line = CommandLine.Parse(args);
        return line.Remote is { } server ? RemoteSession.Run(server, output) : LocalSession.Run(line, output);
    }
    catch (Exception problem) when (problem is ArgumentException or EngineException)
    {
        output.Write($"{problem.Message}\n");
        return 1;
    }
}
