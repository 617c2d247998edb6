namespace OrleansKd.Grains.Abstractions;

/// <summary>An expected "no": a code of <c>ProblemCodes</c> and a sentence that says what happened, to what, and what to do next.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.Refusal")]
public sealed record Refusal([property: Id(0)] string Code, [property: Id(1)] string Message);

/// <summary>Nothing to say but that it was done.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.Done")]
public readonly record struct Done;

/// <summary>What a grain answers: a value or a <see cref="Abstractions.Refusal"/>, never both, never neither.</summary>
[GenerateSerializer, Immutable, Alias("OrleansKd.Outcome`1")]
public sealed record Outcome<T>
{
    private Outcome(T? value, Refusal? refusal) => (Value, Refusal) = (value, refusal);

    /// <summary>Meaningful only when <see cref="Refusal"/> is null.</summary>
    [Id(0)]
    public T? Value { get; }

    [Id(1)]
    public Refusal? Refusal { get; }

    public static implicit operator Outcome<T>(T value) => new(value, null);

    public static implicit operator Outcome<T>(Refusal refusal) => new(default, refusal);
}
