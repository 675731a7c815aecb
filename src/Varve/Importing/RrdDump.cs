using System.Xml;

namespace Varve.Importing;

/// <summary>
/// The elements of an <c>rrdtool dump</c> that say how it is made. Its rows, of which there may be many, are only counted.
/// </summary>
internal sealed class RrdDump(XmlReader xml)
{
    private readonly List<RrdSource> _sources = [];
    private readonly List<RrdArchive> _archives = [];
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private long _step;
    private long _rows;

    public RrdFile Read()
    {
        string? element = null;
        var (inSource, inArchive) = (false, false);
        while (xml.Read())
        {
            switch (xml.NodeType)
            {
                case XmlNodeType.Element when xml.Name == "ds" && !inArchive:
                    (inSource, element) = (Begin(), null);
                    break;
                case XmlNodeType.Element when xml.Name == "rra":
                    (inArchive, element) = (Begin(), null);
                    break;
                case XmlNodeType.Element when xml.Name == "row":
                    _rows++;
                    break;
                case XmlNodeType.Element:
                    element = xml.Name;
                    break;
                case XmlNodeType.Text when element == "step" && !inSource && !inArchive:
                    _step = RrdFile.Whole(xml.Value.Trim());
                    break;
                case XmlNodeType.Text when element is not null && (inSource || inArchive):
                    _values.TryAdd(element, xml.Value.Trim());
                    break;
                case XmlNodeType.EndElement when xml.Name == "ds" && inSource:
                    _sources.Add(
                        new(
                            Of("name"),
                            Of("type"),
                            RrdFile.Whole(Of("minimal_heartbeat")),
                            RrdFile.IsLimit(Of("min")) || RrdFile.IsLimit(Of("max"))
                        )
                    );
                    inSource = false;
                    break;
                case XmlNodeType.EndElement when xml.Name == "rra":
                    _archives.Add(new(Of("cf"), RrdFile.Whole(Of("pdp_per_row")), _rows, RrdFile.Real(Of("xff"))));
                    inArchive = false;
                    break;
                case XmlNodeType.EndElement:
                    element = null;
                    break;
                default:
                    break;
            }
        }

        return new(_step, _sources, _archives);
    }

    private bool Begin()
    {
        _values.Clear();
        _rows = 0;
        return true;
    }

    private string Of(string name) => _values.GetValueOrDefault(name, "");
}
