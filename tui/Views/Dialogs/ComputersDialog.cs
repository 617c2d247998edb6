using OrleansKd.Agent.Api;
using OrleansKd.Agent.Hosting;
using OrleansKd.Contracts;
using OrleansKd.Tui.Model;
using OrleansKd.Tui.Model.Lists;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Computers: where the user can host, and with which debuggers.</summary>
internal sealed class ComputersDialog : LiveDialog
{
    private readonly ComputersModel model;
    private readonly PlainTable table = new() { X = 1, Width = Dim.Fill(1), Height = Dim.Fill(7) };
    private readonly Label about = new() { X = 1, Y = Pos.AnchorEnd(6), Width = Dim.Fill(1), Height = 4, CanFocus = false };

    public ComputersDialog(SessionsClient sessions, ILocalAgent agent)
        : this(new ComputersModel(sessions, agent))
    {
    }

    private ComputersDialog(ComputersModel model)
        : base("Computers", model)
    {
        this.model = model;
        Height = 20;
        table.ValueChanged += (_, _) => ShowSelected();
        Add(table, about);
        AddClose();
    }

    private ComputerSummary? Selected => table.Row is >= 0 and var row && row < model.Computers.Count ? model.Computers[row] : null;

    protected override void Draw()
    {
        var selected = Selected is { } known ? model.Computers.ToList().FindIndex(computer => computer.Name == known.Name) : 0;
        table.Show(
            model.Computers,
            selected,
            [
                ("Computer", 30, computer => VisibleText.Line(computer.Name) + (model.IsHere(computer) ? " (this one)" : "")),
                ("Agent", 8, computer => computer.IsOnline ? "online" : "offline"),
                ("Debuggers", 24, computer => VisibleText.Line(string.Join(" ", computer.Debuggers.Select(path => path[(path.LastIndexOfAny(['/', '\\']) + 1)..])))),
            ]);
        ShowSelected();
    }

    private void ShowSelected()
    {
        about.Text = Selected is { } computer ? VisibleText.From($"{Found(computer)}\n{Advice(computer)}") : "";
        about.SetNeedsDraw();
    }

    private static string Found(ComputerSummary computer) =>
        computer.Debuggers.Length == 0 ? "No debugger was found or allowed there." : $"Debuggers: {string.Join(", ", computer.Debuggers)}";

    private string Advice(ComputerSummary computer) =>
        computer.IsOnline ? $"{SessionActions.KeyOf(SessionAction.Host)} in the lists hosts there."
        : model.IsHere(computer) ? $"Hosting here ({SessionActions.KeyOf(SessionAction.Host)} in the lists) starts its agent."
        : "To host there, start its agent on that computer: orleanskd agent run";
}
