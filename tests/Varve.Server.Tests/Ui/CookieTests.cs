using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Varve.Server.Tests.Ui;

/// <summary>The cookie that protects forms.</summary>
[Collection(Served.Name)]
public sealed class CookieTests(ServedDatabase served)
{
    [Theory]
    [InlineData("https", true)]
    [InlineData("http", false)]
    public void It_is_secure_where_the_browser_came_by_https(string scheme, bool isSecure)
    {
        var http = new DefaultHttpContext { RequestServices = served.Server.Services };
        (http.Request.Scheme, http.Request.Host) = (scheme, new("tools.example.org"));
        served.Server.Services.GetRequiredService<IAntiforgery>().GetAndStoreTokens(http);
        var cookie = Assert.Single(http.Response.Headers.SetCookie)!;
        Assert.Contains("samesite=strict; httponly", cookie, StringComparison.Ordinal);
        Assert.Equal(isSecure, cookie.Contains("secure", StringComparison.Ordinal));
    }
}
