using Microsoft.VisualStudio.TestTools.UnitTesting;

// The probe counts for the whole process.
[assembly: DoNotParallelize]
