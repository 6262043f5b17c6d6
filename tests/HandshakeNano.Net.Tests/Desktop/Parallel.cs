using Microsoft.VisualStudio.TestTools.UnitTesting;

// Every test has its own wire and its own time.
[assembly: Parallelize(Scope = ExecutionScope.MethodLevel)]
