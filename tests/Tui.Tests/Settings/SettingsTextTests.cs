using System.Text;
using OrleansKd.Tui.Settings;

namespace OrleansKd.Tui.Tests.Settings;

public sealed class SettingsTextTests
{
    private static readonly ClientSettings Others = new()
    {
        Theme = ThemeChoice.Light,
        Mouse = false,
        TimeStamps = true,
        RepeatStepOnEnter = false,
        AskBeforeBreak = false,
        HistoryLength = 0,
        OpenBrowser = false,
    };

    [Fact]
    public void Write_WhenParsed_IsTheSame()
    {
        Assert.All(typeof(ClientSettings).GetProperties(), property => Assert.False(
            Equals(property.GetValue(Others), property.GetValue(new ClientSettings())), $"{property.Name} is not tried: give it another value than its default here."));
        Assert.Equal((Others, 0), Parse(SettingsText.Write(Others)));
        Assert.Equal((new ClientSettings(), 0), Parse(SettingsText.Write(new ClientSettings())));
    }

    [Fact]
    public void Write_NamesEverySettingOfTheRecord_AsJsonDoes() => Assert.Equal(
        typeof(ClientSettings).GetProperties().Select(property => char.ToLowerInvariant(property.Name[0]) + property.Name[1..]),
        SettingsText.All.Select(setting => setting.Name));

    [Theory]
    [InlineData("{\n  // a comment\n  \"theme\": \"light\",\n}\n")]
    [InlineData("\ufeff{ /* before */ \"theme\": \"light\" } // after")]
    public void Parse_WhenThereAreCommentsAndALastComma_TakesWhatIsSet(string text) =>
        Assert.Equal((new ClientSettings { Theme = ThemeChoice.Light }, 0), Parse(text));

    [Theory]
    [InlineData("{\n\"theme\": \"purple\",\n\"mouse\": false }", "line 2: \"theme\" is \"purple\"; it may be \"auto\", \"dark\", \"light\" or \"none\"")]
    [InlineData("{ \"mouse\": false,\n\n\"theme\": 3 }", "line 3: \"theme\" is 3; it may be")]
    [InlineData("{ \"mouse\": false,\n\"colour\": 3 }", "line 2: there is no setting \"colour\"; there are theme, mouse,")]
    [InlineData("{ \"mouse\": false,\n\"\\u202emouse\": 3 }", "line 2: there is no setting \"‹U+202E›mouse\"")]
    [InlineData("{ \"mouse\": false,\n\"mouse\": true }", "line 2: \"mouse\" stands there twice")]
    [InlineData("{ \"mouse\": false,\n\"timeStamps\": \"yes\" }", "line 2: \"timeStamps\" is \"yes\"; it may be true or false")]
    [InlineData("{ \"mouse\": false,\n\"historyLength\": -1 }", "line 2: \"historyLength\" is -1; it may be a whole number from 0 to 10,000")]
    [InlineData("{ \"mouse\": false,\n\"historyLength\": 1e99 }", "line 2: \"historyLength\" is 1e99")]
    [InlineData("{ \"mouse\": false,\n\"historyLength\": { \"a\": [ 1 ] } }", "line 2: \"historyLength\" is { \"a\": [ 1 ] }")]
    public void Parse_WhenOneSettingIsWrong_NamesItsLine_AndTheOthersCount(string text, string problem)
    {
        var (settings, problems) = SettingsText.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
        Assert.Equal(new ClientSettings { Mouse = false }, settings);
    }

    [Theory]
    [InlineData("{ \"mouse\": false,\n\"theme\" \"light\" }", "line 2: ")]
    [InlineData("{ \"mouse\": false\n", "line 2: ")]
    [InlineData("{ \"mouse\": false } \n{}", "line 2: ")]
    [InlineData("", "line 1: ")]
    [InlineData("\n[]", "line 2: settings stand between { and }")]
    [InlineData("{ \"mouse\": false, \"\\ud800\": 1 }", "not text in UTF-8")]
    public void Parse_WhenItIsNoJson_NamesTheLine_AndAllDefaultsCount(string text, string problem)
    {
        var (settings, problems) = SettingsText.Parse(Encoding.UTF8.GetBytes(text));
        Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", problems[0], StringComparison.Ordinal);
        Assert.Equal(new ClientSettings(), settings);
    }

    private static (ClientSettings Settings, int Problems) Parse(string text)
    {
        var (settings, problems) = SettingsText.Parse(Encoding.UTF8.GetBytes(text));
        return (settings, problems.Count);
    }
}
