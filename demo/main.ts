import { Demo } from './demo.js';
import { isClean, verdict } from './ledger.js';
import { type DemoOptions, parseOptions, usage } from './options.js';

const options = readOptions();
if (options === undefined) process.stdout.write(usage);
else process.exitCode = await runDemo(options);

async function runDemo(options: DemoOptions): Promise<number> {
  const stopping = new AbortController();
  // Once to wind up, twice to go at once.
  const interrupt = () => (stopping.signal.aborted ? process.exit(130) : stopping.abort());
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  try {
    const balance = await new Demo(options, process.stdout, stopping.signal).run();
    process.stdout.write(`${verdict(balance)}\n`);
    return isClean(balance) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`the demo failed: ${(error as Error).message}\n`);
    return 1;
  }
}

function readOptions(): DemoOptions | undefined {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}
