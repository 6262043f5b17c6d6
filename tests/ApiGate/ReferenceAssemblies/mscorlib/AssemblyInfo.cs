[assembly: System.Reflection.AssemblyVersion("1.17.0.0")]
