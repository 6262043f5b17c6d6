[assembly: System.Reflection.AssemblyVersion("3.0.0.0")]
