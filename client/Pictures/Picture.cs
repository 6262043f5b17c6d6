using OxyPlot;
using OxyPlot.Axes;

namespace HandshakeNano.Client.Pictures;

/// <summary>What all pictures have in common, so that they look like of one hand.</summary>
internal static class Picture
{
    /// <summary>The colour of what is drawn.</summary>
    public const string Colour = "#1F5FA8";

    private const int Width = 960;
    private const int Height = 500;

    private static readonly OxyColor s_grid = OxyColor.FromRgb(0xE4, 0xE4, 0xE4);

    /// <summary>An empty picture.</summary>
    /// <param name="title">What stands above.</param>
    /// <returns>The picture.</returns>
    public static PlotModel New(string title) => new()
    {
        Title = title,
        TitleFontSize = 15,
        TitleFontWeight = FontWeights.Normal,
        DefaultFont = "sans-serif",
        Background = OxyColors.White,
        PlotAreaBorderThickness = new OxyThickness(0, 0, 0, 1),
        Padding = new OxyThickness(16, 12, 16, 12),
    };

    /// <summary>Makes an axis look as all do.</summary>
    /// <typeparam name="T">What kind of axis.</typeparam>
    /// <param name="axis">The axis.</param>
    /// <returns>The same.</returns>
    public static T Styled<T>(T axis)
        where T : Axis
    {
        axis.AxislineStyle = LineStyle.Solid;
        axis.MinorTickSize = 0;
        axis.FontSize = 12;
        axis.AxisTitleDistance = 14;
        axis.MajorGridlineStyle = LineStyle.Solid;
        axis.MajorGridlineColor = s_grid;
        axis.CropGridlines = true;
        return axis;
    }

    /// <summary>The picture as SVG.</summary>
    /// <param name="model">The picture.</param>
    /// <returns>The text of a file.</returns>
    public static string ToSvg(PlotModel model) =>
        new SvgExporter { Width = Width, Height = Height, UseVerticalTextAlignmentWorkaround = true }.ExportToString(model);
}
