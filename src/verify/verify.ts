import type { CheckCommand } from '../cli/check-line.js';
import { UsageError } from '../cli/parse-flags.js';
import { clientName } from '../client/client-name.js';
import type { LokiOptions } from '../client/loki.js';
import { paintFor } from '../colours.js';
import { clientLimitsOf } from '../config/clients.js';
import type { Entry } from '../entry/entry.js';
import { maskPassword } from '../fields/scalars.js';
import { readCounted } from '../replay/counted.js';
import { makePlan, type Plan } from '../replay/plan.js';
import { planFlags, readPlanOptions } from '../replay/plan-options.js';
import { readFiles } from '../replay/read-files.js';
import { Replay } from '../replay/replay.js';
import { type CheckContext, runCheck } from '../run-check.js';
import { LokiQuery, QueryError } from './loki-query.js';
import { LookUp } from './look-up.js';
import { printVerdict } from './print-verdict.js';
import { type VerdictReport, verdictReport } from './verdict-report.js';
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
    let code = 0;
    try {
      for (const client of plan.clients) {
        const report = await verifyClient(client, plan, options, context);
        out.write(planOptions.isJson ? `${JSON.stringify(report, null, 2)}\n` : printVerdict(report, paint));
        code = Math.max(code, codes[report.verdict]);
      }
      return code;
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      log.error(error.message);
      return 2;
    }
  });
}

const codes = { complete: 0, missing: 1, unknown: 2 } as const;

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
    const hasReadTime = (entry: Entry) => replay.hasReadTime(entry);
    const verifier = new Verifier(
      { client, clientLimits, hasReadTime, ...options },
      { lookUp: new LookUp(loki), signal },
    );
    const replay = new Replay({ sink: verifier, log, leftOut, signal });
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
