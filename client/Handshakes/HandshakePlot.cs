using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using HandshakeNano.Client.Pictures;
using HandshakeNano.Client.Wording;
using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace HandshakeNano.Client.Handshakes;

/// <summary>A picture of how many handshakes took how long. The times have a logarithmic scale.</summary>
public static class HandshakePlot
{
    private const int MostBars = 80;

    private static readonly (double Share, string Name)[] s_marks = [(0.5, "median"), (0.9, "p90"), (0.99, "p99")];

    /// <summary>Draws.</summary>
    /// <param name="times">The times; they may be none.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="svg">Where the SVG goes.</param>
    public static void Write(TimeHistogram times, string title, Stream svg)
    {
        PlotModel model = Picture.New(title);
        IReadOnlyList<TimeRange> bars = times.Rows(MostBars);
        double least = bars.Count == 0 ? 100 : Math.Max(1, bars[0].From), most = bars.Count == 0 ? 1000 : bars[^1].To + 1;
        double tallest = bars.Count == 0 ? 1 : bars.Max(bar => bar.Count);
        model.Axes.Add(Picture.Styled(new TimeAxis(least, most) { Position = AxisPosition.Bottom, Title = "connect time" }));
        model.Axes.Add(Picture.Styled(new LinearAxis
        {
            Position = AxisPosition.Left,
            Title = "handshakes",
            Minimum = 0,
            Maximum = tallest * 1.15,
            MinimumMajorStep = 1,
            StringFormat = "#,0",
        }));
        var series = new RectangleBarSeries { FillColor = OxyColor.Parse(Picture.Colour), StrokeThickness = 0 };
        foreach (TimeRange bar in bars.Where(bar => bar.Count > 0))
            series.Items.Add(new RectangleBarItem(Math.Log10(Math.Max(1, bar.From)), 0, Math.Log10(bar.To + 1.0), bar.Count));
        model.Series.Add(series);
        for (int i = 0; i < s_marks.Length && times.Count > 0; i++)
        {
            ulong time = times.Quantile(s_marks[i].Share);
            double x = Math.Log10(Math.Max(1, time));
            model.Annotations.Add(new LineAnnotation { Type = LineAnnotationType.Vertical, X = x, Color = OxyColors.Black, LineStyle = LineStyle.Dash });

            // One below the other: the lines may be close together.
            model.Annotations.Add(new TextAnnotation
            {
                Text = $"{s_marks[i].Name} {Quantity.Time(time)}",
                TextPosition = new DataPoint(x, tallest * (1.13 - (0.05 * i))),
                TextHorizontalAlignment = x > (Math.Log10(least) + Math.Log10(most)) / 2 ? HorizontalAlignment.Right : HorizontalAlignment.Left,
                TextVerticalAlignment = VerticalAlignment.Middle,
                StrokeThickness = 0,
                Offset = new ScreenVector(x > (Math.Log10(least) + Math.Log10(most)) / 2 ? -5 : 5, 0),
                FontSize = 12,
            });
        }

        svg.Write(Encoding.UTF8.GetBytes(Picture.ToSvg(model).ReplaceLineEndings("\n")));
    }

    /// <summary>The logarithm of a time, with 1, 2, 5, 10, ... written beside it.</summary>
    private sealed class TimeAxis : LinearAxis
    {
        private static readonly int[] s_digits = [1, 2, 5];

        private readonly List<double> _ticks = [];

        public TimeAxis(double least, double most)
        {
            double[] times = [.. Enumerable.Range(0, 11).SelectMany(power => s_digits.Select(digit => digit * Math.Pow(10, power)))];
            double from = times.Last(time => time <= least), to = times.First(time => time >= most);
            _ticks.AddRange(times.Where(time => time >= from && time <= to).Select(Math.Log10));
            Minimum = _ticks[0];
            Maximum = _ticks[^1];
            LabelFormatter = value => Math.Round(Math.Pow(10, value)) is var time && time < 1000 ? $"{time} us"
                : time < 1_000_000 ? $"{Math.Round(time / 1000)} ms" : $"{Math.Round(time / 1_000_000)} s";
        }

        public override void GetTickValues(out IList<double> majorLabelValues, out IList<double> majorTickValues, out IList<double> minorTickValues)
        {
            majorLabelValues = _ticks;
            majorTickValues = _ticks;
            minorTickValues = [];
        }
    }
}
