import { isRecord, labelsOf, textAt, type Unwrap, type Unwrapped, valueAt } from './unwrapped.js';

/** Azure's diagnostic settings for AKS: `records` as Event Hub has them, or one of them a line, as storage has. The pod is the server. */
export const azure: Unwrap = (document) => {
  const records = valueAt(document, 'records');
  if (Array.isArray(records)) return records.filter(isRecord).map(fromRecord);
  return valueAt(document, 'properties', 'log') === undefined ? undefined : [fromRecord(document)];
};

/** Other categories than kube-audit have klog's text in the same place. */
function fromRecord(record: Record<string, unknown>): Unwrapped {
  const cluster = /\/managedClusters\/([^/]+)/i.exec(textAt(record, 'resourceId'))?.[1] ?? '';
  return {
    text: textAt(record, 'properties', 'log'),
    labels: labelsOf({ instance: textAt(record, 'properties', 'pod'), cluster: cluster.toLowerCase() }),
  };
}
