using System.Text;
using HandshakeNano.Firmware;
using HandshakeNano.Net;

namespace HandshakeNano.Samples.HttpResponder;

/// <summary>Answers a request with one page, and closes. The Tag is the head of the request so far, null after the answer.</summary>
public sealed class HttpService : Service
{
    private const int LongestHead = 2048;
    private int _visits;

    /// <summary>Makes the service. Whoever does nothing for ten seconds is reset.</summary>
    public HttpService() : base("HTTP", 80, 10_000_000) { }

    /// <inheritdoc/>
    public override void OnAccepted(TcpConnection connection) => connection.Tag = "";

    /// <inheritdoc/>
    protected override bool Serve(TcpConnection connection)
    {
        int count;
        while ((count = connection.Read(Buffer, 0, Buffer.Length)) != 0)
        {
            // After the answer all is read and dropped.
            string head = (string)connection.Tag;
            if (head == null)
                continue;
            head += Encoding.UTF8.GetString(Buffer, 0, count);
            connection.Tag = head;
            bool complete = false;
            foreach (string line in head.Split('\n'))
                complete |= line == "\r";
            if (!complete && head.Length <= LongestHead)
                continue;
            connection.Tag = null;

            // The send buffer is empty still, and the answer is shorter.
            byte[] answer = Encoding.UTF8.GetBytes(complete ? Answer(head.Split(' ')) : Compose("431 Too Large", "The request is too long.\n"));
            connection.Write(answer, 0, answer.Length);
            connection.Close();
        }

        return true;
    }

    private string Answer(string[] words)
    {
        if (words[0] != "GET" || words.Length < 3)
            return Compose("405 Method Not Allowed", "Only GET is understood.\n");
        if (words[1] != "/")
            return Compose("404 Not Found", "There is only /.\n");
        _visits++;
        return Compose("200 OK", "Hello from HandshakeNano. This is visit " + _visits.ToString() + ".\n");
    }

    private static string Compose(string status, string body) => "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: "
        + body.Length.ToString() + "\r\nConnection: close\r\n\r\n" + body;
}
