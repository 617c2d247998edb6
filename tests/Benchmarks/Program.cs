using System.CommandLine;
using OrleansKd.Benchmarks;
using OrleansKd.Benchmarks.Connections;
using OrleansKd.Benchmarks.Viewers;

var root = new RootCommand("How fast OrleansKd is, in real processes on this machine. Build it with -c Release.")
{
    FloodBenchmark.Create(),
    EchoBenchmark.Create(),
    CommandBenchmark.Create(),
    BreakBenchmark.Create(),
    LateJoinBenchmark.Create(),
    SessionsBenchmark.Create(),
    IdleBenchmark.Create(),
    IdleBenchmark.CreateViewers(),
    ConnectionsBenchmark.Create(),
    FloodCommand.Create(),
    FailoverBenchmark.Create(),
    CommitBenchmark.Create(),
    HistoryBenchmark.Create(),
    AgentBenchmark.Create(),
    ClientBenchmark.Create(),
    ViewerCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
