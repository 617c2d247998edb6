// A story is several programs that wait most of the time: two at a time, each with ports, folders and storage of its own. A small machine
// tells no more of them without time-outs. Those that time a stop, or flood the machine, are told alone (Infrastructure/Alone.cs).
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.Collections, MaxThreads = 2)]
