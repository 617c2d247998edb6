using CsCheck;
using OrleansKd.Contracts;
using OrleansKd.Grains.Abstractions.Sessions;
using OrleansKd.Grains.Abstractions.Users;
using OrleansKd.Silo.Relay;

namespace OrleansKd.Silo.Tests.Relay;

/// <summary>Credit of one follower, whatever it acknowledges.</summary>
public sealed class ViewerTests
{
    private const int Window = Limits.FollowWindowBytes;

    private enum Step
    {
        Send,
        AcknowledgeSent,
        AcknowledgeBackwards,
        AcknowledgeNeverSent,
        AcknowledgeAll,
    }

    [Fact]
    public void Credit_WhateverIsAcknowledged_IsTheWindowAndOnePageAtMost() =>
        Gen.Select(Gen.Frequency((6, Gen.Const(Step.Send)), (1, Gen.Enum<Step>())), Gen.Int[0, Limits.PageBytes]).Array[1, 120].Sample(steps =>
        {
            var viewer = new Viewer(new Reader(UserId.FromEmail("viewer@fabrikam.example"), null), 0, durableOnly: false);
            List<(long Sequence, int Bytes)> model = [];
            foreach (var (step, number) in steps)
            {
                var before = viewer.OutstandingBytes;
                var waiting = viewer.WaitForCredit(Window);
                var sequence = step switch
                {
                    Step.AcknowledgeSent => viewer.Position - (number % (viewer.Position + 1)),
                    Step.AcknowledgeBackwards => -number,
                    Step.AcknowledgeNeverSent => viewer.Position + 1 + number,
                    _ => viewer.Position,
                };
                if (step is Step.Send)
                {
                    if (waiting is not null)
                        continue;
                    viewer.Sent(viewer.Position + (number % 5), number, 0);
                    model.Add((viewer.Position, number + Viewer.PageCost));
                }
                else
                {
                    viewer.Acknowledge(sequence);
                    if (sequence <= viewer.Position)
                        model.RemoveAll(page => page.Sequence <= sequence);
                }

                Assert.Equal(model.Sum(page => (long)page.Bytes), viewer.OutstandingBytes);
                Assert.True(viewer.OutstandingBytes < Window + Limits.PageBytes + Viewer.PageCost);
                Assert.True(step is not Step.AcknowledgeNeverSent || (viewer.OutstandingBytes == before && waiting is not { IsCompleted: true }));
                // Whoever waits for credit is woken by every real acknowledgement, and has credit after one of everything.
                Assert.True(waiting is null || viewer.WaitForCredit(Window) is not null || waiting.IsCompleted);
                Assert.True(step is not Step.AcknowledgeAll || (viewer.OutstandingBytes == 0 && viewer.WaitForCredit(Window) is null));
            }
        });
}
