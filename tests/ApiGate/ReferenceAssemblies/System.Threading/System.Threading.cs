namespace System.Threading;

public struct CancellationToken
{
    public static System.Threading.CancellationToken None => throw null;
    public bool IsCancellationRequested => throw null;
    public bool CanBeCanceled => throw null;
    public System.Threading.WaitHandle WaitHandle => throw null;
    public CancellationToken(bool canceled) => throw null;
    public System.Threading.CancellationTokenRegistration Register(System.Action callback) => throw null;
    public bool Equals(System.Threading.CancellationToken other) => throw null;
    public override bool Equals(object other) => throw null;
    public override int GetHashCode() => throw null;
    public void ThrowIfCancellationRequested() => throw null;
}

public struct CancellationTokenRegistration : System.IDisposable
{
    public void Dispose() => throw null;
    public static bool operator ==(System.Threading.CancellationTokenRegistration left, System.Threading.CancellationTokenRegistration right) => throw null;
    public static bool operator !=(System.Threading.CancellationTokenRegistration left, System.Threading.CancellationTokenRegistration right) => throw null;
    public override bool Equals(object obj) => throw null;
    public bool Equals(System.Threading.CancellationTokenRegistration other) => throw null;
    public override int GetHashCode() => throw null;
}

public class CancellationTokenSource : System.IDisposable
{
    public bool IsCancellationRequested => throw null;
    public System.Threading.CancellationToken Token => throw null;
    public CancellationTokenSource(int millisecondsDelay) => throw null;
    public CancellationTokenSource(System.TimeSpan delay) => throw null;
    public CancellationTokenSource() => throw null;
    public void Cancel() => throw null;
    public void Cancel(bool throwOnFirstException) => throw null;
    public void CancelAfter(System.TimeSpan delay) => throw null;
    public void CancelAfter(int millisecondsDelay) => throw null;
    public virtual void Dispose() => throw null;
    protected virtual void Dispose(bool disposing) => throw null;
}

public class OperationCanceledException : System.SystemException
{
    public OperationCanceledException() => throw null;
    public OperationCanceledException(string message) => throw null;
    public OperationCanceledException(string message, System.Exception innerException) => throw null;
}
