using OrleansKd.KdHost;
using OrleansKd.KdHost.Engine;

var output = new OutputWriter(Console.OpenStandardOutput());
try
{
    var line = CommandLine.Parse(args);
    return line.Remote is { } server ? RemoteSession.Run(server, output) : LocalSession.Run(line, output);
}
catch (ArgumentException problem)
{
    output.Write($"{problem.Message}\n");
    return 1;
}
catch (EngineException problem)
{
    output.Write($"{problem.Message}\n");
    return 1;
}
