import type { CheckCommand } from '../cli/check-line.js';
import { UsageError } from '../cli/parse-flags.js';
import { clientName } from '../client/client-name.js';
import type { LokiOptions } from '../client/loki.js';
import { paintFor } from '../colours.js';
import { clientLimitsOf } from '../config/clients.js';
import { maskPassword } from '../fields/scalars.js';
import { readCounted } from '../replay/counted.js';
import { makePlan, type Plan } from '../replay/plan.js';
import { planFlags, readPlanOptions } from '../replay/plan-options.js';
import { readFiles } from '../replay/read-files.js';
import { ReadMoment } from '../replay/read-moment.js';
import { Replay } from '../replay/replay.js';
import { type CheckContext, runCheck } from '../run-check.js';
import { LokiQuery, QueryError } from './loki-query.js';
import { LookUp } from './look-up.js';
import { printVerdict } from './print-verdict.js';
import { type Verdict, type VerdictReport, verdictReport } from './verdict-report.js';
import { Verifier } from './verifier.js';
import { baseOfPush, readVerifyOptions, type VerifyOptions, verifyFlags } from './verify-options.js';

const command: CheckCommand = {
  name: 'verify',
  about:
    'Passes files (those given, or those that the config has read and the rotated ones beside them) through the pipelines of the config and\n' +
    'asks Loki for each line, by its time, stream and text. Ends with 0 when all are there, 1 when some are missing, 2 when that cannot be\n' +
    'found out.',
  flags: [...planFlags, ...verifyFlags],
};

/** `auditail verify`. Returns the exit code. */
export function verify(words: readonly string[]): Promise<number> {
  return runCheck(command, words, async (context) => {
    const { request, loaded, environment, out, log } = context;
    const planOptions = readPlanOptions(request.flag);
    const options = readVerifyOptions(request.flag);
    const plan = await makePlan(loaded.config, request.files, planOptions, {
      ...context,
      withSiblings: true,
    });
    if (plan.files.length === 0)
      throw new UsageError('there are no files to verify: the config matches none');
    if (options.lokiUrl !== undefined && plan.clients.length > 1)
      throw new UsageError('-loki.url goes with one client; say which: -client');
    for (const client of plan.otherClients)
      log.warn({ client: clientName(client), type: client.type }, 'not asked: it sends to no Loki');
    const paint = paintFor(process.stdout, environment);
    const reports: VerdictReport[] = [];
    const verdicts: Verdict[] = [];
    for (const client of plan.clients) {
      try {
        const report = await verifyClient(client, plan, options, context);
        reports.push(report);
        verdicts.push(report.verdict);
      } catch (error) {
        if (!(error instanceof QueryError) || context.signal.aborted) throw error;
        log.error({ client: clientName(client) }, error.message);
        verdicts.push('unknown');
      }
    }
    const print = (report: VerdictReport) => printVerdict(report, paint);
    out.write(planOptions.isJson ? `${JSON.stringify(reports, null, 2)}\n` : reports.map(print).join('\n'));
    // What is known to be missing counts for more than what is not known.
    if (verdicts.includes('missing')) return 1;
    return verdicts.includes('unknown') ? 2 : 0;
  });
}

/** What these stages drop hangs on the pace of the lines, or on chance. */
const leftOut = new Set(['limit', 'sampling']);

async function verifyClient(
  client: LokiOptions,
  plan: Plan,
  options: VerifyOptions,
  { loaded: { config }, log, version, environment, signal }: CheckContext,
): Promise<VerdictReport> {
  const base = options.lokiUrl ?? baseOfPush(client.url.url);
  if (base === undefined)
    throw new UsageError(
      `${maskPassword(client.url.url)} is not the path of a Loki's pushes; say where to ask: -loki.url`,
    );
  const loki = new LokiQuery(base, client, { log, version, environment, signal });
  try {
    const clientLimits = clientLimitsOf(config);
    const moment = new ReadMoment();
    const verifier = new Verifier(
      { client, clientLimits, moment, ...options },
      { lookUp: new LookUp(loki), signal },
    );
    const replay = new Replay({ sink: verifier, log, leftOut, signal, moment });
    const files = await readFiles(plan.files, replay, signal);
    verifier.endOfFiles();
    await replay.close();
    await verifier.finish();
    const { dropped } = await readCounted(replay.registry);
    const url = maskPassword(base);
    return verdictReport(
      { client: clientName(client), url, files, dropped, leftOut: [...replay.leftOut] },
      verifier,
    );
  } finally {
    await loki.close();
  }
}
