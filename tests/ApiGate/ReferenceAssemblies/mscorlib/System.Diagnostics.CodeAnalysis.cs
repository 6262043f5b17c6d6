namespace System.Diagnostics.CodeAnalysis;

public sealed class AllowNullAttribute : System.Attribute
{
    public AllowNullAttribute() => throw null;
}

public sealed class DisallowNullAttribute : System.Attribute
{
    public DisallowNullAttribute() => throw null;
}

public sealed class DoesNotReturnAttribute : System.Attribute
{
    public DoesNotReturnAttribute() => throw null;
}

public sealed class DoesNotReturnIfAttribute : System.Attribute
{
    public DoesNotReturnIfAttribute(bool parameterValue) => throw null;
    public bool ParameterValue => throw null;
}

public sealed class MaybeNullAttribute : System.Attribute
{
    public MaybeNullAttribute() => throw null;
}

public sealed class MaybeNullWhenAttribute : System.Attribute
{
    public MaybeNullWhenAttribute(bool returnValue) => throw null;
    public bool ReturnValue => throw null;
}

[System.AttributeUsage(System.AttributeTargets.Method | System.AttributeTargets.Property, AllowMultiple = true)]
public sealed class MemberNotNullAttribute : System.Attribute
{
    public MemberNotNullAttribute(string member) => throw null;
    public MemberNotNullAttribute(params string[] members) => throw null;
    public string[] Members => throw null;
}

[System.AttributeUsage(System.AttributeTargets.Method | System.AttributeTargets.Property, AllowMultiple = true)]
public sealed class MemberNotNullWhenAttribute : System.Attribute
{
    public MemberNotNullWhenAttribute(bool returnValue, string member) => throw null;
    public MemberNotNullWhenAttribute(bool returnValue, params string[] members) => throw null;
    public bool ReturnValue => throw null;
    public string[] Members => throw null;
}

public sealed class NotNullAttribute : System.Attribute
{
    public NotNullAttribute() => throw null;
}

public sealed class NotNullIfNotNullAttribute : System.Attribute
{
    public NotNullIfNotNullAttribute(string parameterName) => throw null;
    public string ParameterName => throw null;
}

public sealed class NotNullWhenAttribute : System.Attribute
{
    public NotNullWhenAttribute(bool returnValue) => throw null;
    public bool ReturnValue => throw null;
}
