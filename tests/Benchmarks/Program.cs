using System.CommandLine;
using OrleansKd.Benchmarks;
using OrleansKd.Benchmarks.Viewers;

var root = new RootCommand("How fast OrleansKd is, in real processes on this machine. Build it with -c Release.")
{
    FloodBenchmark.Create(),
    ViewerCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
