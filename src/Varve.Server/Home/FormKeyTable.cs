using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Varve.Server.Home;

/// <summary>
/// The keys that protect forms which are open in a browser: kept in the home, so that each of its servers reads what another
/// one protected. They sign nobody in.
/// </summary>
internal sealed class FormKeyTable(HomeDatabase home) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [
            .. home.QueryAsync($"SELECT xml FROM {HomeTables.FormKeys} ORDER BY id", CancellationToken.None)
                .GetAwaiter()
                .GetResult()
                .Select(r => XElement.Parse(r.Text(0))),
        ];

    public void StoreElement(XElement element, string friendlyName) =>
        home.ExecuteAsync(
                $"INSERT INTO {HomeTables.FormKeys} (id, xml) VALUES ({friendlyName}, {element.ToString(SaveOptions.DisableFormatting)})",
                CancellationToken.None
            )
            .GetAwaiter()
            .GetResult();
}
