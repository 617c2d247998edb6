using System.Collections.ObjectModel;
using OrleansKd.Contracts;
using Terminal.Gui.ViewBase;
using Terminal.Gui.Views;

namespace OrleansKd.Tui.Views.Dialogs;

/// <summary>The fields in which a dialog asks for one of the user's computers that are online, and for a debugger there: of those that its agent found, or any other.</summary>
internal sealed class DebuggerFields
{
    private const int BrowseColumns = 13;

    private readonly ComputerSummary here;
    private readonly ComputerSummary[] computers;

    /// <param name="here">This computer.</param>
    /// <param name="computers">The user's.</param>
    /// <param name="row">Of the debugger's field, which has a button at its end.</param>
    /// <param name="first">The computer to begin with, when it can be had; else this one, which is offered also when it has no agent yet.</param>
    public DebuggerFields(ComputerSummary here, ComputerSummary[] computers, int row, string? first = null)
    {
        this.here = here;
        this.computers = [computers.FirstOrDefault(item => item.IsOnline && IsHere(item.Name)) ?? here, .. computers.Where(item => item.IsOnline && !IsHere(item.Name))];
        Browse = new Button { Text = "_Browse…", X = Pos.AnchorEnd(BrowseColumns), Y = row, TabStop = TabBehavior.NoStop, ShadowStyle = ShadowStyles.None };
        Computer.Source = new ListWrapper<string>(new ObservableCollection<string>(this.computers.Select(item => item.Name)));
        Computer.Text = (this.computers.FirstOrDefault(item => string.Equals(item.Name, first, StringComparison.OrdinalIgnoreCase)) ?? this.computers[0]).Name;
        Computer.ValueChanged += (_, _) => OfferDebuggers();
        Browse.Accepting += (_, e) =>
        {
            e.Handled = true;
            BrowseFiles();
        };
        OfferDebuggers();
    }

    public DropDownList Computer { get; } = new() { ReadOnly = true };

    public DropDownList Debugger { get; } = new();

    /// <summary>For files of this computer.</summary>
    public Button Browse { get; }

    public bool IsHere(string name) => string.Equals(name, here.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>What the field of the debugger leaves for the button, once both are in their dialog.</summary>
    public void Arrange() => Debugger.Width = Dim.Fill(BrowseColumns + 1);

    /// <summary>A location that was typed stays; one that was offered for another computer does not.</summary>
    private void OfferDebuggers()
    {
        var found = computers.FirstOrDefault(item => item.Name == Computer.Text)?.Debuggers ?? [];
        Debugger.Source = new ListWrapper<string>(new ObservableCollection<string>(found));
        if (Debugger.Text.Length == 0 || computers.Any(item => item.Debuggers.Contains(Debugger.Text)) && !found.Contains(Debugger.Text))
            Debugger.Text = found.FirstOrDefault() ?? "";
        Browse.Enabled = IsHere(Computer.Text);
    }

    private void BrowseFiles()
    {
        using var dialog = new OpenDialog { Title = "Debugger", OpenMode = OpenMode.File, AllowsMultipleSelection = false };
        if (Path.GetDirectoryName(Debugger.Text) is { Length: > 0 } folder && Directory.Exists(folder))
            dialog.Path = folder;
        Browse.App!.Run(dialog);
        if (!dialog.Canceled && dialog.Path.Length > 0)
            Debugger.Text = dialog.Path;
    }
}
