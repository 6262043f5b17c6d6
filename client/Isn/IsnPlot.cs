using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using HandshakeNano.Client.Pictures;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace HandshakeNano.Client.Isn;

/// <summary>Two pictures in one: each ISN against the one before it, and the ISNs over time. docs/isn.md says how to read them.</summary>
public static class IsnPlot
{
    /// <summary>How many points each picture has, at most: of more samples those at even distances.</summary>
    public const int MostPoints = 2000;

    private const double Between = 0.06;
    private const int PointSize = 2;
    private const string PointLength = "2";

    // ISNs that keep to less of their range than this are drawn larger: as a dot in a corner they would show nothing.
    private const double SmallRange = 1L << 28;

    /// <summary>Draws.</summary>
    /// <param name="samples">The ISNs, in order.</param>
    /// <param name="title">What stands above.</param>
    /// <param name="svg">Where the SVG goes.</param>
    public static void Write(IReadOnlyList<IsnSample> samples, string title, Stream svg)
    {
        PlotModel model = Picture.New(title);
        model.Axes.Add(Numbers(samples, AxisPosition.Bottom, "ISN", "x1", 0, 0.5 - (Between / 2)));
        model.Axes.Add(Numbers(samples, AxisPosition.Left, "next ISN", "y1", 0, 1));
        model.Axes.Add(Seconds(samples, "x2", 0.5 + (Between / 2), 1));
        model.Axes.Add(Numbers(samples, AxisPosition.Right, "ISN", "y2", 0, 1));
        int every = (samples.Count + MostPoints - 2) / MostPoints;
        IEnumerable<int> chosen = Enumerable.Range(0, (samples.Count - 1) / every).Select(i => i * every);
        model.Series.Add(Points("x1", "y1", chosen.Select(i => new ScatterPoint(samples[i].Isn, samples[i + 1].Isn))));
        model.Series.Add(Points("x2", "y2", chosen.Select(i => new ScatterPoint(SecondsAt(samples, i), samples[i].Isn))));
        svg.Write(Encoding.UTF8.GetBytes(Compact(Picture.ToSvg(model))));
    }

    private static double SecondsAt(IReadOnlyList<IsnSample> samples, int i) => (samples[i].Time - samples[0].Time) / 1e6;

    private static LinearAxis Numbers(IReadOnlyList<IsnSample> samples, AxisPosition position, string title, string key, double start, double end)
    {
        double least = samples.Min(sample => sample.Isn), most = samples.Max(sample => sample.Isn);
        bool isSmall = most - least < SmallRange;
        LinearAxis axis = NewAxis(position, key, start, end);
        axis.Title = isSmall ? title : title + " / 10^9";
        axis.Minimum = isSmall ? least : 0;
        axis.Maximum = isSmall ? Math.Max(most, least + 1) : 1L << 32;
        axis.LabelFormatter = value => isSmall
            ? value.ToString("#,0", CultureInfo.InvariantCulture)
            : (value / 1e9).ToString("0.#", CultureInfo.InvariantCulture);

        // The exporter reckons with narrower digits than most fonts have.
        if (isSmall && position != AxisPosition.Bottom)
            axis.AxisTitleDistance = 40;
        return axis;
    }

    private static LinearAxis Seconds(IReadOnlyList<IsnSample> samples, string key, double start, double end)
    {
        LinearAxis axis = NewAxis(AxisPosition.Bottom, key, start, end);
        axis.Title = "time in s";
        axis.Minimum = 0;
        axis.Maximum = Math.Max(SecondsAt(samples, samples.Count - 1), 1e-6);
        return axis;
    }

    private static LinearAxis NewAxis(AxisPosition position, string key, double start, double end) =>
        Picture.Styled(new LinearAxis { Position = position, Key = key, StartPosition = start, EndPosition = end });

    private static ScatterSeries Points(string x, string y, IEnumerable<ScatterPoint> points)
    {
        var series = new ScatterSeries
        {
            XAxisKey = x,
            YAxisKey = y,
            MarkerType = MarkerType.Square,
            MarkerSize = PointSize / 2.0,
            MarkerFill = OxyColors.Black,
            BinSize = 0,
        };
        series.Points.AddRange(points);
        return series;
    }

    // One path instead of an element of 130 bytes for each point.
    private static string Compact(string svg)
    {
        var others = new StringBuilder();
        var path = new StringBuilder();
        foreach (string line in svg.TrimEnd().Split('\n'))
        {
            string[] parts = line.Split('"');
            if (parts is ["    <rect x=", var x, " y=", var y, " width=", PointLength, " height=", PointLength, ..])
                path.Append(CultureInfo.InvariantCulture, $"M{Round(x, 0)} {Round(y, PointSize / 2.0)}h{PointLength}");
            else if (line.StartsWith("</svg>", StringComparison.Ordinal))
                others.Append(CultureInfo.InvariantCulture, $"  <path d=\"{path}\" style=\"fill:none;stroke:{Picture.Colour};stroke-width:{PointLength}\" />\n{line}\n");
            else
                others.Append(line.TrimEnd('\r')).Append('\n');
        }

        return others.ToString();
    }

    private static string Round(string number, double add) =>
        (double.Parse(number, CultureInfo.InvariantCulture) + add).ToString("0.#", CultureInfo.InvariantCulture);
}
