using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrleansKd.Benchmarks.Running;

/// <summary>What one benchmark found: settings and figures, in the order in which they were added. A figure's name ends with its unit.</summary>
internal sealed class Figures(string benchmark)
{
    private readonly JsonObject settings = [];
    private readonly JsonObject figures = [];

    public Figures Setting(string name, object value)
    {
        settings[name] = JsonSerializer.SerializeToNode(value);
        return this;
    }

    public void Add(string name, double value) => figures[name] = Math.Round(value, Math.Abs(value) < 10 ? 3 : 1);

    /// <summary>p50, p95 and the largest of some values in milliseconds.</summary>
    public void AddPercentiles(string prefix, IReadOnlyCollection<double> milliseconds)
    {
        var name = prefix.Length == 0 ? "" : prefix + "_";
        Add(name + "p50_ms", Percentile(milliseconds, 50));
        Add(name + "p95_ms", Percentile(milliseconds, 95));
        Add(name + "max_ms", Percentile(milliseconds, 100));
    }

    public void Write(bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(new JsonObject { ["benchmark"] = benchmark, ["settings"] = settings.DeepClone(), ["figures"] = figures.DeepClone() }.ToJsonString());
            return;
        }
        Console.WriteLine($"\n{benchmark}  {string.Join(", ", settings.Select(item => $"{item.Key} {item.Value}"))}");
        var width = figures.Max(item => item.Key.Length);
        foreach (var (name, value) in figures)
            Console.WriteLine($"  {name.PadRight(width)}  {((double)value!).ToString("#,0.###", CultureInfo.InvariantCulture),14}");
    }

    /// <summary>The smallest value that so many percent of all values don't exceed.</summary>
    public static double Percentile(IReadOnlyCollection<double> values, int percent)
    {
        if (values.Count == 0)
            throw new InvalidOperationException("Nothing was measured.");
        var sorted = values.Order().ToArray();
        return sorted[Math.Clamp((int)Math.Ceiling(sorted.Length * percent / 100.0) - 1, 0, sorted.Length - 1)];
    }
}
