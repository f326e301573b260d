import { runBench } from './dispatch.js';

process.exitCode = await runBench(process.argv.slice(2), { print: (line) => console.log(line) });
