using Microsoft.VisualStudio.TestTools.UnitTesting;

// Each test has a network of its own, but they all share the machine's processors: a class runs alone, except the one whose
// tests spend minutes waiting for timers (PeerTestsOnAFaultyNetwork).
[assembly: Parallelize(Workers = 32, Scope = ExecutionScope.MethodLevel)]
