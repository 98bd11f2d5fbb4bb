import type { Logger } from 'pino';
import type { CheckCommand } from '../cli/check-line.js';
import { UsageError } from '../cli/parse-flags.js';
import { clientName } from '../client/client-name.js';
import type { LokiOptions } from '../client/loki.js';
import { paintFor } from '../colours.js';
import { clientLimitsOf } from '../config/clients.js';
import type { Sink } from '../entry/sink.js';
import { maskPassword } from '../fields/scalars.js';
import { readCounted } from '../replay/counted.js';
import { makePlan, type Plan } from '../replay/plan.js';
import { planFlags, readPlanOptions } from '../replay/plan-options.js';
import { readFiles } from '../replay/read-files.js';
import { ReadMoment } from '../replay/read-moment.js';
import { Replay } from '../replay/replay.js';
import { type CheckContext, runCheck } from '../run-check.js';
import { measureCost } from './cost.js';
import { environmentFindings } from './environment-findings.js';
import { type Finding, warning } from './finding.js';
import { lineFindings } from './line-findings.js';
import { type PreflightOptions, preflightFlags, readPreflightOptions } from './preflight-options.js';
import { printReport } from './print-report.js';
import { type Report, reportOf } from './report.js';
import { Survey } from './survey.js';

const command: CheckCommand = {
  name: 'preflight',
  about:
    'Passes files (those given, or those that the config has read) through the pipelines of the config, sends nothing, and tells what Loki\n' +
    'would make of them. Ends with 0 when nothing would be lost, 1 when something would, 2 when flags or config are wrong.',
  flags: [...planFlags, ...preflightFlags],
};

/** `auditail preflight`. Returns the exit code. */
export function preflight(words: readonly string[]): Promise<number> {
  return runCheck(command, words, async (context) => {
    const { request, loaded, environment, out } = context;
    const planOptions = readPlanOptions(request.flag);
    const options = readPreflightOptions(request.flag);
    const plan = await makePlan(loaded.config, request.files, planOptions, {
      ...context,
      withSiblings: false,
    });
    const isGiven = request.files.length > 0;
    const report = await makeReport(plan, options, isGiven, context);
    out.write(
      planOptions.isJson
        ? `${JSON.stringify(report, null, 2)}\n`
        : printReport(report, paintFor(process.stdout, environment)),
    );
    return report.findings.some(({ severity }) => severity === 'loss') ? 1 : 0;
  });
}

/** Stages that would let few lines through, as files are read faster than they were written. */
const leftOut = new Set(['limit']);

async function makeReport(
  plan: Plan,
  options: PreflightOptions,
  isGiven: boolean,
  { loaded: { config }, log, signal }: CheckContext,
): Promise<Report> {
  const { limits, nowMs } = options;
  const client = oneClient(plan.clients);
  const moment = new ReadMoment();
  const newReplay = (sink: Sink, replayLog: Logger) =>
    new Replay({ sink, log: replayLog, leftOut, signal, moment });
  const survey = new Survey({ client, clientLimits: clientLimitsOf(config), limits, nowMs, moment });
  const replay = newReplay(survey, log);
  const files = await readFiles(plan.files, replay, signal);
  await replay.close();
  const cost = await measureCost(plan.files, client, (sink) =>
    // All that there is to tell has been told.
    newReplay(sink, log.child({}, { level: 'silent' })),
  );
  const counted = await readCounted(replay.registry);
  const figures = reportOf({
    client: clientName(client),
    url: maskPassword(client.url.url),
    files,
    survey,
    counted,
    cost,
    limits,
  });
  const findings = [
    ...[...replay.leftOut].map(toWarning),
    ...(await environmentFindings(plan, { config, user: options.user, isGiven })),
    ...lineFindings(figures, client),
  ];
  return { ...figures, findings: withoutRepeats(findings) };
}

/** A file that cannot be read is found so by a look at it, and when it is read: the first says more. */
function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const subjectOf = ({ id, message }: Finding) => `${id} ${message.split(': ')[0]}`;
  const subjects = new Set<string>();
  return findings.filter((finding) => {
    const isNew = !subjects.has(subjectOf(finding));
    subjects.add(subjectOf(finding));
    return isNew;
  });
}

function oneClient(clients: readonly LokiOptions[]): LokiOptions {
  if (new Set(clients.map(judgedBy)).size > 1)
    throw new UsageError(
      'the clients of the config differ in what they send; say which one to check for: -client',
    );
  return clients[0]!;
}

/** What of a client changes the figures. */
function judgedBy({ external_labels, tenant_id, batchsize }: LokiOptions): string {
  return JSON.stringify([[...external_labels], tenant_id, batchsize]);
}

function toWarning(stage: string): Finding {
  return warning('left_out', `${stage} was left out, as what it does hangs on the pace of the lines`);
}
