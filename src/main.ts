import { parseCommandLine } from './cli/command-line.js';
import { UsageError } from './cli/parse-flags.js';
import { preflight } from './preflight/preflight.js';
import { run } from './run.js';
import { verify } from './verify/verify.js';

// Nobody reads what a dry run prints any more: the end, as by SIGPIPE. Without its log the agent goes on.
process.stdout.on('error', () => process.exit(141));
process.stderr.on('error', () => {});
/** The words that are commands of their own when they come first; Promtail ignores words, and all flags behind them. */
const checks = new Map([
  ['preflight', preflight],
  ['verify', verify],
]);
// Not awaited: the bundle is a script, not a module.
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

/** What the process ends with: 0, 1 for a config or a start that failed, 2 for wrong flags, as Promtail. */
async function main(words: readonly string[]): Promise<number> {
  try {
    const check = checks.get(words[0] ?? '');
    if (check !== undefined) return await check(words.slice(1));
    const command = parseCommandLine(words);
    if (command.kind === 'run') return await run(command);
    process.stdout.write(command.text);
    return 2;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nRun with -help to get list of available parameters\n`);
    return 2;
  }
}
