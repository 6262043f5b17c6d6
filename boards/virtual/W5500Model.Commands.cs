#nullable enable
using HandshakeNano.Net;

namespace HandshakeNano.Boards.Virtual;

// The commands of socket 0, and sending, which takes time.
public sealed partial class W5500Model
{
    private const byte Open = 0x01, Close = 0x10, SendFrame = 0x20, Received = 0x40;
    private const byte MacRaw = 0x42;
    private const int Never = int.MaxValue;

    private void Command(byte command)
    {
        byte[] registers = _sockets[0];
        if (_stuck)
            return;
        if (registers[SnCR] != 0)
            Violate($"Command {command:X2} while {registers[SnCR]:X2} is not accepted.");
        registers[SnCR] = command;
        _commandDelay = Traps.CommandDelay;
        if (IsNth(Traps.StuckCommandEvery, ++_commands))
        {
            _stuck = true;
            return;
        }

        _receiveReadBefore = command == Received ? _receiveCommitted : _receiveRead;
        switch (command)
        {
            case Open:
                if ((registers[SnMR] & 0x0F) != 0x04)
                    Violate("Opened in a mode other than MACRAW.");
                if (registers[SnSR] != 0)
                    Violate("Opened while open.");
                _sending = false;
                _transmitRead = _transmitWrite = _transmitCommitted = Traps.InitialPointer & 0xFFFF;
                _receiveRead = _receiveCommitted = _receiveWrite = _receiveWriteSeen = Traps.InitialPointer & 0xFFFF;
                registers[SnSR] = MacRaw;
                break;
            case Close:
                registers[SnSR] = 0;
                _sending = false;
                break;
            case SendFrame:
                Send();
                break;
            case Received:
                if (((_receiveRead - _receiveCommitted) & 0xFFFF) > Waiting())
                    Violate("More read than has come.");
                if (_receivedSizeDelay == 0)
                {
                    _receiveCounted = _receiveCommitted;
                    _receivedSizeDelay = Traps.ReceivedSizeDelay;
                }

                _receiveCommitted = _receiveRead;
                break;
            default:
                Violate($"The command {command:X2}.");
                break;
        }
    }

    private void Send()
    {
        if (_sockets[0][SnSR] != MacRaw)
        {
            Violate("SEND on a closed socket.");
            return;
        }

        int length = (_transmitWrite - _transmitRead) & 0xFFFF;
        if (_sending)
            Violate("SEND before the frame before is out.");
        if (length is < MinimumFrame or > MaximumFrame)
            Violate($"SEND of {length} bytes.");
        _transmitCommitted = _transmitWrite;
        _sending = true;
        _sendDelay = IsNth(Traps.LostSendOkEvery, ++_sends) ? Never : Traps.SendDelay;
    }

    /// <summary>What happens between two accesses of the host.</summary>
    private void Progress()
    {
        byte[] registers = _sockets[0];
        if (registers[SnCR] != 0 && !_stuck && _commandDelay-- <= 0)
            registers[SnCR] = 0;
        if (_sendDelay is > 0 and < Never)
            _sendDelay--;
        if (_linkDelay > 0)
            _linkDelay--;
        if (_receivedSizeDelay > 0)
            _receivedSizeDelay--;
        if (_heldAccesses > 0)
            _heldAccesses--;
        if (_thread == null)
            TakeAll();
    }

    /// <summary>What happens at the end of an access: the shortest frame is out before the host can begin another.</summary>
    private void Settle()
    {
        if (!_sending)
            return;

        if (!HasLink)
            _sendDelay = Never;
        else if (_sendDelay == 0)
            FinishSending();
    }

    private void FinishSending()
    {
        int length = (_transmitCommitted - _transmitRead) & 0xFFFF;
        int size = Size(SnTXBUF_SIZE);
        if (length <= MaximumFrame && length <= _outgoing.Length - FrameLayout.Ethernet)
        {
            for (int i = 0; i < length; i++)
                _outgoing[FrameLayout.Ethernet + i] = _transmitBuffer[(_transmitRead + i) & (size - 1)];
            _network.Send(_outgoing, length);
            FramesSent++;
        }

        _transmitRead = _transmitCommitted;
        _sending = false;
        SetCause(CauseSent);
    }
}
