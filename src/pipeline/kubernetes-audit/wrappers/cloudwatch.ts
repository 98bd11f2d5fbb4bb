import { isRecord, labelsOf, textAt, type Unwrap, type Unwrapped, valueAt } from './unwrapped.js';

/**
 * Amazon's CloudWatch Logs: a subscription record with many log events, or one log event as exports, FilterLogEvents and Logs Insights
 * write it. A log stream is that of one API server.
 */
export const cloudWatch: Unwrap = (document) => {
  const logEvents = valueAt(document, 'logEvents');
  if (Array.isArray(logEvents)) return fromRecord(document, logEvents);
  const message = textAt(document, 'message') || textAt(document, '@message');
  const stream =
    textAt(document, 'logStreamName') || textAt(document, 'logStream') || textAt(document, '@logStream');
  // Many a program's own log lines have a message.
  const isLogEvent = message !== '' && (stream !== '' || message.includes('"audit.k8s.io/'));
  return isLogEvent ? [{ text: message, labels: labelsOf({ instance: stream }) }] : undefined;
};

function fromRecord(document: Readonly<Record<string, unknown>>, logEvents: readonly unknown[]): Unwrapped[] {
  // Amazon's test whether anybody is there.
  if (textAt(document, 'messageType') === 'CONTROL_MESSAGE') return [];
  const labels = labelsOf({
    instance: textAt(document, 'logStream'),
    cluster: clusterOf(textAt(document, 'logGroup')),
  });
  return logEvents.filter(isRecord).map((logEvent) => ({ text: textAt(logEvent, 'message'), labels }));
}

/** EKS writes to `/aws/eks/<cluster>/cluster`. */
function clusterOf(logGroup: string): string {
  return /^\/aws\/eks\/([^/]+)\/cluster$/.exec(logGroup)?.[1] ?? '';
}
