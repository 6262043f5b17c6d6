using Microsoft.VisualStudio.TestTools.UnitTesting;

// Each test has a network of its own, but they all share the machine's processors.
[assembly: DoNotParallelize]
