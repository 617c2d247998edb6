using System.Collections.ObjectModel;
using OrleansKd.Contracts;
using OrleansKd.Tui.Connection;
using Terminal.Gui.Input;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>Which of the remembered sign-ins to use, or that there shall be another.</summary>
internal sealed class ServerDialog : Dialog
{
    private readonly IReadOnlyList<ServerChoice> choices;
    private readonly ServerChoice current;
    private readonly ListView list = new() { X = 1, Y = 1, Width = Dim.Fill(1), Height = Dim.Fill(2) };

    public ServerDialog(IReadOnlyList<ServerChoice> choices, ServerChoice current)
    {
        (this.choices, this.current) = (choices, current);
        Title = "Other Server or Profile";
        Width = Dim.Percent(80);
        Height = Dim.Auto(minimumContentDim: Math.Clamp(choices.Count, 1, 10) + 4, maximumContentDim: Dim.Percent(90));
        var wide = choices.Select(choice => choice.Profile.Length).DefaultIfEmpty().Max();
        list.SetSource(new ObservableCollection<string>(choices.Select(choice => VisibleText.Line($"{choice.Profile.PadRight(wide)}  {choice.Server}{(choice == current ? "  (now)" : "")}"))));
        if (choices.Count > 0)
            list.SelectedItem = 0;
        list.Accepting += (_, e) =>
        {
            e.Handled = true;
            Use();
        };
        Add(new Label { X = 1, Text = choices.Count > 0 ? "You have signed in to:" : "You have signed in to no server yet.", CanFocus = false }, list);
        AddButton(Button("_Cancel", () => End(null)));
        AddButton(Button("_Another Server…", () => End(new(current with { Server = null }, IsNew: true))));
        AddButton(Button("_Use", Use));
    }

    /// <summary>What the person chose; null: to stay.</summary>
    public ClientGoal? Goal { get; private set; }

    protected override void OnIsRunningChanged(bool newIsRunning)
    {
        base.OnIsRunningChanged(newIsRunning);
        if (newIsRunning && choices.Count > 0)
            list.SetFocus();
    }

    private void Use()
    {
        if (list.SelectedItem is { } index && index >= 0 && index < choices.Count)
            End(choices[index] == current ? null : new(choices[index], IsNew: false));
    }

    private void End(ClientGoal? goal)
    {
        Goal = goal;
        App?.RequestStop(this);
    }

    private static Button Button(string text, Action action)
    {
        var button = new Button { Text = text };
        button.Accepting += (_, e) =>
        {
            e.Handled = true;
            action();
        };
        return button;
    }
}
