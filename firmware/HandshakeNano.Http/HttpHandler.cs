namespace HandshakeNano.Http;

/// <summary>What answers requests. One object serves all connections: what belongs to one stands in its <see cref="HttpExchange"/>.</summary>
public abstract class HttpHandler
{
    private readonly HttpMethods _methods;

    /// <summary>Makes a handler.</summary>
    /// <param name="methods">What it takes. Other methods are refused (405).</param>
    protected HttpHandler(HttpMethods methods)
    {
        _methods = methods;
    }

    /// <summary>What it takes.</summary>
    public HttpMethods Methods
    {
        get { return _methods; }
    }

    /// <summary>
    /// Answers a request, or goes on with it. It is called when the head has come, and again whenever there is more of the content to
    /// read or more room to write, until it returns true. An answer begins with <see cref="HttpExchange.Begin"/>.
    /// </summary>
    /// <param name="exchange">The request, and the place for the answer.</param>
    /// <returns>True if the answer is whole. False if there is more to read or to write than was at hand.</returns>
    public abstract bool Serve(HttpExchange exchange);
}
