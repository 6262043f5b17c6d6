using Microsoft.VisualStudio.TestTools.UnitTesting;

// By class: the demo puts its board where the firmware's Main looks for it, and there is one such place in a process.
[assembly: Parallelize(Scope = ExecutionScope.ClassLevel)]
