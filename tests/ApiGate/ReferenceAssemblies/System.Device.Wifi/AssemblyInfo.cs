[assembly: System.Reflection.AssemblyVersion("1.5.0.0")]
