using Varve.Benchmarks;

return args is ["worker", .. var work] ? await Worker.RunAsync(work) : await Bench.RunAsync(args);
