// A story is several programs: one story at a time, so that a small machine tells stories and not time-outs.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
