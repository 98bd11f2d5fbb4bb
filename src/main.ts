import { parseCommandLine } from './cli/command-line.js';
import { UsageError } from './cli/parse-flags.js';
import { run } from './run.js';

// Nobody reads what a dry run prints any more: the end, as by SIGPIPE. Without its log the agent goes on.
process.stdout.on('error', () => process.exit(141));
process.stderr.on('error', () => {});
process.exitCode = await main();

/** What the process ends with: 0, 1 for a config or a start that failed, 2 for wrong flags, as Promtail. */
async function main(): Promise<number> {
  try {
    const command = parseCommandLine(process.argv.slice(2));
    if (command.kind === 'run') return await run(command);
    process.stdout.write(command.text);
    return 2;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nRun with -help to get list of available parameters\n`);
    return 2;
  }
}
