namespace OrleansKd.Tui.Tests.Views;

/// <summary>Tests of views: the library's key defaults and schemes are the process's, so one at a time.</summary>
[CollectionDefinition(nameof(ViewCollection), DisableParallelization = true)]
public sealed class ViewCollection;
