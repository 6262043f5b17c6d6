// A class whose tests share something of the process, such as the board that the firmware's Main finds, says DoNotParallelize.
[assembly: Parallelize(Scope = ExecutionScope.MethodLevel)]
