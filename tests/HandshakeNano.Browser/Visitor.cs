using System;
using System.Collections.Concurrent;
using System.Threading.Tasks;
using Microsoft.Playwright;
using Microsoft.VisualStudio.TestTools.UnitTesting;

namespace HandshakeNano.Browser;

/// <summary>One page, with what went wrong on it.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _faults = new();
    private volatile bool _leaves;

    public Visitor(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.PageError += (_, error) => _faults.Enqueue("script: " + error);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning" && !_leaves)
                _faults.Enqueue("console: " + message.Text);
        };
        page.RequestFailed += (_, request) =>
        {
            if (!_leaves)
                _faults.Enqueue($"request: {request.Url} {request.Failure}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status is not (200 or 304))
                _faults.Enqueue($"answer: {response.Url} {response.Status}");
        };
    }

    public IPage Page { get; }

    public Task OpenAsync() => Page.GotoAsync(Chromium.Home);

    /// <summary>Loads the page again, which gives up what the script has just asked for.</summary>
    public async Task ReloadAsync()
    {
        _leaves = true;
        await Page.GotoAsync("about:blank");
        _leaves = false;
        await OpenAsync();
    }

    /// <summary>Waits until the script has drawn all that it draws.</summary>
    public async Task WaitUntilDrawnAsync()
    {
        await Page.Locator("#ladders svg").First.WaitForAsync();
        await Page.Locator("#scatter circle").First.WaitForAsync();
        await Page.Locator("#counters td").First.WaitForAsync();
    }

    public void AssertNoFault() => Assert.IsEmpty(_faults, string.Join("\n", _faults));

    public async ValueTask DisposeAsync()
    {
        _leaves = true;
        await _context.DisposeAsync();
    }
}
