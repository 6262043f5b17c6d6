using System;

namespace HandshakeNano.Firmware;

/// <summary>
/// The network of a board that carries a tunnel: joins it, sees when it is lost, and joins it again, without an end. Each kind of
/// network has its own way to do so.
/// </summary>
public abstract class TunnelNetwork
{
    /// <summary>How long the firmware itself has to join, in milliseconds, before it is told to join again.</summary>
    public const int JoinTime = 20_000;

    /// <summary>How long to rest after a join that did not work, in milliseconds.</summary>
    public const int Rest = 5_000;

    /// <summary>How long to wait between two looks whether the address is still there, in milliseconds.</summary>
    public const int LookInterval = 5_000;

    /// <summary>What it is called on the console.</summary>
    public abstract string Name { get; }

    /// <summary>Joins, however long that takes, and says how it goes: a line for each step.</summary>
    public void Join()
    {
        Log(Name + ": joining");
        JoinAtLast();
    }

    /// <summary>
    /// Looks once whether the address is still there. If it is not this joins again, however long that takes; the protocol above
    /// meanwhile finds that nothing comes, and sends again.
    /// </summary>
    public void Keep()
    {
        if (TryFindAddress() != null)
            return;
        Log(Name + ": lost; joining again");
        JoinAtLast();
    }

    /// <summary>Writes a line to the console.</summary>
    /// <param name="line">One line.</param>
    protected abstract void Log(string line);

    /// <summary>Sleeps.</summary>
    /// <param name="milliseconds">How long.</param>
    protected abstract void Sleep(int milliseconds);

    /// <summary>Tells the address that the network has given to the board.</summary>
    /// <returns>In dotted form; null if there is none.</returns>
    protected abstract string FindAddress();

    /// <summary>Waits until there is an address, which the firmware gets by itself where it can.</summary>
    /// <param name="milliseconds">How long to wait at the most. It may return early, with or without an address.</param>
    protected abstract void WaitForAddress(int milliseconds);

    /// <summary>Leaves the network, if the firmware believes that it is still in it, and joins it again.</summary>
    /// <returns>Why that did not work, for the console; null if it may have worked.</returns>
    protected abstract string Rejoin();

    private void JoinAtLast()
    {
        while (true)
        {
            string complaint;
            try
            {
                WaitForAddress(JoinTime);
                string address = FindAddress();
                if (address != null)
                {
                    Log(Name + ": " + address);
                    return;
                }

                complaint = Rejoin();
            }
            catch (Exception e)
            {
                // What the helpers of the network throw does not end the device.
                complaint = e.Message;
            }

            Log(Name + ": no address yet" + (complaint == null ? "; joining anew" : "; " + complaint));
            Sleep(Rest);
        }
    }

    private string TryFindAddress()
    {
        try
        {
            return FindAddress();
        }
        catch (Exception)
        {
            return null;
        }
    }
}
