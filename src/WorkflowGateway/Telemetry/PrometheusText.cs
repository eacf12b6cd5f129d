using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace WorkflowGateway.Telemetry;

/// <summary>Writes metrics as Prometheus reads them: text format 0.0.4.</summary>
internal static class PrometheusText
{
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    public static void Write(StringBuilder text, Metric metric)
    {
        var type = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            MetricType.Histogram => "histogram",
            _ => "gauge",
        };
        var name = NameOf(metric.Name, metric.Unit, type == "counter");
        text.Append("# HELP ").Append(name).Append(' ').Append(Escape(metric.Description.Length > 0 ? metric.Description : metric.Name)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        foreach (ref readonly var point in metric.GetMetricPoints())
        {
            if (type == "histogram") WriteHistogram(text, name, point);
            else Line(text, name, point.Tags, null, ValueOf(metric.MetricType, point));
        }
    }

    /// <summary>The name that Prometheus knows an instrument by.</summary>
    public static string NameOf(string instrument, string? unit, bool counts)
    {
        var name = Plain(instrument) + unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            // Of what is counted the name says: {request}.
            _ => "",
        };
        return counts ? name + "_total" : name;
    }

    private static string Plain(string name)
    {
        var plain = string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));
        return char.IsAsciiDigit(plain[0]) ? "_" + plain : plain;
    }

    private static void WriteHistogram(StringBuilder text, string name, in MetricPoint point)
    {
        var below = 0L;
        foreach (var bucket in point.GetHistogramBuckets())
        {
            below += bucket.BucketCount;
            Line(text, name + "_bucket", point.Tags, Number(bucket.ExplicitBound), below);
        }

        Line(text, name + "_sum", point.Tags, null, point.GetHistogramSum());
        Line(text, name + "_count", point.Tags, null, point.GetHistogramCount());
    }

    private static double ValueOf(MetricType type, in MetricPoint point) => type switch
    {
        MetricType.LongSum or MetricType.LongSumNonMonotonic => point.GetSumLong(),
        MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic => point.GetSumDouble(),
        MetricType.LongGauge => point.GetGaugeLastValueLong(),
        _ => point.GetGaugeLastValueDouble(),
    };

    private static void Line(StringBuilder text, string name, ReadOnlyTagCollection tags, string? bound, double value)
    {
        text.Append(name);
        var separator = '{';
        foreach (var (key, tag) in tags) Label(Plain(key), Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "");
        if (bound is not null) Label("le", bound);
        if (separator == ',') text.Append('}');
        text.Append(' ').Append(Number(value)).Append('\n');

        void Label(string key, string label)
        {
            text.Append(separator).Append(key).Append("=\"").Append(Escape(label).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
            separator = ',';
        }
    }

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}
