using HandshakeNano.Net.Wire;

namespace HandshakeNano.Net;

// What it asks.
internal sealed partial class DnsResolver
{
    /// <summary>Sends the question, to the next server; or gives it up.</summary>
    private void Ask(DnsQuestion question, ulong now)
    {
        Leave(question);
        int place = NextPlace(question);
        if (place < 0 || question.Tries == MostTries)
        {
            Fail(question, _serverCount == 0 ? DnsError.NoServer : question.Failed != 0 ? DnsError.ServerFailed : DnsError.TimedOut, now);
            return;
        }

        question.Place = place;
        question.Server = _servers[place];
        question.Step = DnsStep.Datagram;
        question.DueAt = now + (question.Tries < MostTries / 2 ? FirstWait : 2 * FirstWait);
        question.Tries++;
        question.Forgeries = 0;
        question.Socket.Move(_udp.ChoosePort(FirstPort));
        WriteMessage(question);

        // If there is no address or no way now there may be one the next time.
        question.Socket.Send(_message, 0, _writer.Length, question.Server, DnsMessage.ServerPort, now);
        if (question.DueAt < _wakeup.At)
            _wakeup.At = question.DueAt;
    }

    /// <summary>The place of the server that is asked next: not one that has said that it cannot answer.</summary>
    /// <returns>-1 if there is none.</returns>
    private int NextPlace(DnsQuestion question)
    {
        for (int i = 1; i <= _serverCount; i++)
        {
            int place = (question.Place + i) % _serverCount;
            if ((question.Failed & (1 << place)) == 0)
                return place;
        }

        return -1;
    }

    private void WriteMessage(DnsQuestion question)
    {
        question.Identifier = (int)(uint)_random.Below(0x10000);
        _writer.Begin(question.Identifier, DnsMessage.RecursionDesired);
        _writer.PutQuestion(question.Name, question.Type, DnsMessage.ClassInternet);
        _counters[(int)Counter.DnsSent]++;
    }

    /// <summary>Nothing that comes now is for the question.</summary>
    private void Leave(DnsQuestion question)
    {
        question.Socket.Move(UdpSocket.NoPort);
        if (_stream.Question == question)
            _stream.End();
    }

    /// <summary>The same server is to be asked over TCP.</summary>
    private void AskByStream(DnsQuestion question, ulong now)
    {
        Leave(question);
        question.Step = DnsStep.Stream;
        question.DueAt = now + StreamWait;
        _stream.Wake();
    }

    private void GoOnWithStream(ulong now)
    {
        DnsQuestion question = _stream.Question;
        if (question != null)
        {
            bool isAlive = _stream.GoOn();
            if (_stream.IsComplete)
                ReceiveFromStream(question, now);
            else if (!isAlive)
                BeRefused(question, now);
        }

        for (int i = 0; _stream.Question == null && i < _questions.Length; i++)
        {
            if (_questions[i].Query != null && _questions[i].Step == DnsStep.Stream)
                OpenStream(_questions[i]);
        }
    }

    /// <summary>Opens the connection, if there can be one; else the question waits until its time is over.</summary>
    private void OpenStream(DnsQuestion question)
    {
        uint peer = BigEndian.Reverse(question.Server);
        if (_ipv4.Address == 0 || !_ipv4.CanBeHost(peer) || !_tcp.CanConnect)
            return;
        TcpConnection connection = _tcp.Connect(peer, _ipv4.AddressSumIpv4(peer), DnsMessage.ServerPort, 0);
        if (connection == null)
            return;
        WriteMessage(question);
        _stream.Begin(question, connection, _message, _writer.Length);
    }
}
