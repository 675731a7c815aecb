using Varve.Packaging;

const string Usage = """
    Varve.Packaging man HELP VERSION DIR            manual pages, from what `varve help --all` prints
    Varve.Packaging bom PROGRAM NAME VERSION FILE   a bill of materials (CycloneDX) of a published program
    Varve.Packaging licences PROGRAM FILE           the licences of all that a published program brings
    Varve.Packaging values CHART README             the table of values in a chart's README
    """;

try
{
    switch (args)
    {
        case ["man", var help, var version, var folder]:
            ManualPages.Write(File.ReadAllText(help), version, folder);
            return 0;
        case ["bom", var program, var name, var version, var file]:
            File.WriteAllText(file, BillOfMaterials.Of(name, version, ShippedPackages.Of(program)));
            return 0;
        case ["licences", var program, var file]:
            File.WriteAllText(file, ThirdPartyNotices.Of(ShippedPackages.Of(program)));
            return 0;
        case ["values", var chart, var readme]:
            File.WriteAllText(
                readme,
                ChartValues.Into(
                    File.ReadAllText(readme),
                    File.ReadAllText(Path.Combine(chart, "values.yaml")),
                    File.ReadAllText(Path.Combine(chart, "values.schema.json"))
                )
            );
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}
catch (PackagingException wrong)
{
    Console.Error.WriteLine($"packaging: {wrong.Message}");
    return 1;
}
