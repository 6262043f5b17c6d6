using Microsoft.VisualStudio.TestTools.UnitTesting;

// The loads have a limit of time: a browser has the machine for itself.
[assembly: DoNotParallelize]
