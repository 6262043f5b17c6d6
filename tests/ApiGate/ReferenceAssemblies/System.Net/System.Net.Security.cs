namespace System.Net.Security;

public static class CertificateManager
{
    public static bool AddCaCertificateBundle(System.Security.Cryptography.X509Certificates.X509Certificate[] ca) => throw null;
    public static bool AddCaCertificateBundle(string ca) => throw null;
    public static bool AddCaCertificateBundle(byte[] ca) => throw null;
}

public enum SslProtocols
{
    None = 0,
    Tls = 192,
    Tls11 = 768,
    Tls12 = 3072,
    Tls13 = 12288,
}

public class SslStream : System.Net.Sockets.NetworkStream
{
    public System.Net.Security.SslVerification SslVerification { get => throw null; set => throw null; }
    public bool UseStoredDeviceCertificate { get => throw null; set => throw null; }
    public SslStream(System.Net.Sockets.Socket socket) : base(socket) => throw null;
    public void AuthenticateAsClient(string targetHost, System.Net.Security.SslProtocols enabledSslProtocols) => throw null;
    public void AuthenticateAsClient(string targetHost, System.Security.Cryptography.X509Certificates.X509Certificate clientCertificate, System.Net.Security.SslProtocols enabledSslProtocols) => throw null;
    public void AuthenticateAsClient(string targetHost, System.Security.Cryptography.X509Certificates.X509Certificate clientCertificate, System.Security.Cryptography.X509Certificates.X509Certificate ca, System.Net.Security.SslProtocols enabledSslProtocols) => throw null;
    public void AuthenticateAsServer(System.Security.Cryptography.X509Certificates.X509Certificate serverCertificate, System.Net.Security.SslProtocols enabledSslProtocols) => throw null;
    public void AuthenticateAsServer(System.Security.Cryptography.X509Certificates.X509Certificate serverCertificate, bool clientCertificateRequired, System.Net.Security.SslProtocols enabledSslProtocols) => throw null;
    public bool IsServer => throw null;
    public override long Length => throw null;
    public override bool DataAvailable => throw null;
    ~SslStream() => throw null;
    protected override void Dispose(bool disposing) => throw null;
    public override int Read(byte[] buffer, int offset, int size) => throw null;
    public override void Write(byte[] buffer, int offset, int size) => throw null;
}

public enum SslVerification
{
    NoVerification = 1,
    VerifyPeer = 2,
    CertificateRequired = 4,
    VerifyClientOnce = 8,
}
