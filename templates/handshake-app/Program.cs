using HandshakeNano.Firmware;
using HandshakeNano.Http;
using HandshakeNano.Page;

namespace HandshakeApp;

/// <summary>The device's page on port 80, with a page of our own beside it.</summary>
public static class Program
{
    /// <summary>Where the device starts.</summary>
    public static void Main()
    {
        PageService page = new PageService();
        page.Server.Add("/value", new Value());
        DeviceFirmware.Run(new EchoService(), page);
    }
}

/// <summary>Answers with a sensor's value.</summary>
internal sealed class Value : HttpHandler
{
    internal Value()
        : base(HttpMethods.Get | HttpMethods.Head)
    {
    }

    public override bool Serve(HttpExchange exchange)
    {
        string text = "21 C\n"; // Read your sensor here.
        exchange.Begin(200, "text/plain", text.Length);
        return exchange.Write(text);
    }
}
