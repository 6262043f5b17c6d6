using System;
using System.Threading.Tasks;
using HandshakeNano.Interop;
using HandshakeNano.Net;
using HandshakeNano.Page;
using Microsoft.Playwright;

namespace HandshakeNano.Browser;

/// <summary>The system's Chromium in the network of a device that has the page, by the W5500 driver on the chip's model.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    public const string Home = "http://" + Lab.Device + "/";

    private readonly IPlaywright _playwright;
    private readonly IBrowser _browser;

    private Chromium(W5500Lab device, IPlaywright playwright, IBrowser browser)
    {
        Device = device;
        _playwright = playwright;
        _browser = browser;
    }

    public W5500Lab Device { get; }

    public static async Task<Chromium> StartAsync()
    {
        TcpSettings settings = Lab.NewSettings();
        settings.HostName = "handshake-000002";
        settings.MulticastDns = true;
        var device = new W5500Lab(interrupt: true, settings, services: new PageService());
        try
        {
            // The program that the browser is started by belongs to the network of the thread that starts it.
            IPlaywright playwright = device.Lab.Network.Run(() => Playwright.CreateAsync().GetAwaiter().GetResult());
            IBrowser browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
            {
                ExecutablePath = "/usr/bin/chromium",
                Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"],
                Timeout = (float)Lab.Deadline.TotalMilliseconds,
            });
            return new Chromium(device, playwright, browser);
        }
        catch
        {
            device.Dispose();
            throw;
        }
    }

    /// <summary>A visitor who has not been there before.</summary>
    public async Task<Visitor> VisitAsync(
        int width = 1280, int height = 800, ColorScheme scheme = ColorScheme.Light, bool script = true)
    {
        IBrowserContext context = await _browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            ColorScheme = scheme,
            JavaScriptEnabled = script,
        });
        context.SetDefaultTimeout((float)Lab.Deadline.TotalMilliseconds);
        context.SetDefaultNavigationTimeout((float)Lab.Deadline.TotalMilliseconds);
        return new Visitor(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _browser.DisposeAsync();
        _playwright.Dispose();
        Device.Dispose();
    }
}
