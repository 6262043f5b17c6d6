[assembly: System.Reflection.AssemblyVersion("1.3.0.0")]
