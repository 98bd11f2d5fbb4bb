import { encodeJson, encodeJsonString } from '../../../go/json/encode.js';
import type { JsonValue } from '../../../go/json/value.js';
import { endedByNewline } from '../ended-by-newline.js';
import { type TopMember, topMembers } from '../top-members.js';
import { isRecord, labelsOf, textAt, type Unwrap, valueAt } from './unwrapped.js';

/** Google's LogEntry for GKE: the event in the words of Cloud Audit Logs, turned back into Kubernetes'. */
export const gke: Unwrap = (document, line) => {
  const payload = valueAt(document, 'protoPayload');
  const method = /^io\.k8s\.(.+)\.(v\d[^.]*)\.([^.]+)(?:\.(.+))?\.([^.]+)$/.exec(
    textAt(payload, 'methodName'),
  );
  if (!isRecord(payload) || method === null) return undefined;
  const [, group = '', version = '', resource = '', subresource = '', verb = ''] = method;
  const path = resourcePath(textAt(payload, 'resourceName'));
  const code = statusOf(valueAt(payload, 'status', 'code'), verb);
  const message = textAt(payload, 'status', 'message');
  const time = microseconds(textAt(document, 'timestamp'));
  const { request, response } = bodiesIn(line);
  const members: [string, string | undefined][] = [
    ['kind', '"Event"'],
    ['apiVersion', '"audit.k8s.io/v1"'],
    ['level', encodeJsonString(levelOf(request, response))],
    ['auditID', encodeJsonString(textAt(document, 'operation', 'id') || textAt(document, 'insertId'))],
    ['stage', '"ResponseComplete"'],
    ['requestURI', encodeJsonString(uriOf(group, textAt(payload, 'resourceName')))],
    ['verb', encodeJsonString(verb)],
    ['user', objectOf({ username: textAt(payload, 'authenticationInfo', 'principalEmail') })],
    ['sourceIPs', listOf(textAt(payload, 'requestMetadata', 'callerIp'))],
    ['userAgent', textOf(textAt(payload, 'requestMetadata', 'callerSuppliedUserAgent'))],
    [
      'objectRef',
      objectOf({
        resource,
        namespace: path.namespace,
        name: path.name,
        apiGroup: group === 'core' ? '' : fullGroup(group, textAt(payload, 'resourceName')),
        apiVersion: version,
        subresource,
      }),
    ],
    [
      'responseStatus',
      `{"metadata":{}${message === '' ? '' : `,"message":${encodeJsonString(message)}`},"code":${code}}`,
    ],
    ['requestObject', request],
    ['responseObject', response],
    ['stageTimestamp', textOf(time)],
    ['annotations', encodeJson({ ...stringsOf(valueAt(document, 'labels')), ...invented })],
  ];
  const written = members.flatMap(([key, value]) => (value === undefined ? [] : [`"${key}":${value}`]));
  const labels = labelsOf({ cluster: textAt(document, 'resource', 'labels', 'cluster_name') });
  return [{ text: `{${written.join(',')}}`, labels }];
};

/** Google does not tell these, so they are what they are for most requests; that they are guesses is said in the event. */
const invented = {
  'auditail.io/source': 'gke',
  'auditail.io/invented': 'level,requestURI,stage',
};

/** Google's rpc codes as HTTP's; a success says no more than that it was one. */
const httpCodes = new Map([
  [1, 499],
  [2, 500],
  [3, 400],
  [4, 504],
  [5, 404],
  [6, 409],
  [7, 403],
  [8, 429],
  [9, 400],
  [10, 409],
  [11, 400],
  [12, 501],
  [13, 500],
  [14, 503],
  [15, 500],
  [16, 401],
]);

function statusOf(rpcCode: unknown, verb: string): number {
  const code = typeof rpcCode === 'number' ? rpcCode : 0;
  if (code === 0) return verb === 'create' ? 201 : 200;
  return httpCodes.get(code) ?? 500;
}

function levelOf(request: string | undefined, response: string | undefined): string {
  if (response !== undefined) return 'RequestResponse';
  return request === undefined ? 'Metadata' : 'Request';
}

/** As they are written: read and written again, their long numbers would change. */
function bodiesIn(line: Buffer): { request: string | undefined; response: string | undefined } {
  const bytes = endedByNewline(line);
  const payload = memberOf(bytes, 'protoPayload', 0, line.length)!;
  const body = (key: string) => {
    const member = memberOf(bytes, key, payload.valueStart, payload.end);
    return member === undefined ? undefined : bytes.toString('utf8', member.valueStart, member.end);
  };
  return { request: body('request'), response: body('response') };
}

/** Where a key stands twice, the last one counts, as in the parsed line. */
function memberOf(bytes: Buffer, key: string, start: number, end: number): TopMember | undefined {
  return topMembers(bytes, start, end).findLast((member) => member.key === key);
}

/** `core/v1/namespaces/shop/pods/cart/exec`: what stands behind the group and version. */
function resourcePath(resourceName: string): { namespace: string; name: string } {
  const parts = resourceName.split('/').slice(2);
  if (parts[0] !== 'namespaces' || parts.length < 3) return { namespace: '', name: parts[1] ?? '' };
  return { namespace: parts[1]!, name: parts[3] ?? '' };
}

/** The method has only the first word of a group such as `rbac.authorization.k8s.io`; the resource has all of it. */
function fullGroup(group: string, resourceName: string): string {
  return resourceName.split('/', 1)[0] || group;
}

function uriOf(group: string, resourceName: string): string {
  return group === 'core' ? `/api/${resourceName.replace(/^core\//, '')}` : `/apis/${resourceName}`;
}

/** With six decimals, as the API server writes it. */
function microseconds(timestamp: string): string {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?Z$/.exec(timestamp);
  return match === null ? '' : `${match[1]}.${(match[2] ?? '').slice(0, 6).padEnd(6, '0')}Z`;
}

function textOf(text: string): string | undefined {
  return text === '' ? undefined : encodeJsonString(text);
}

function listOf(text: string): string | undefined {
  return text === '' ? undefined : `[${encodeJsonString(text)}]`;
}

/** An object of the values that are not empty, in this order. */
function objectOf(values: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(values).filter(([, value]) => value !== '');
  return `{${pairs.map(([key, value]) => `"${key}":${encodeJsonString(value)}`).join(',')}}`;
}

function stringsOf(value: unknown): Record<string, JsonValue> {
  return isRecord(value)
    ? Object.fromEntries(
        Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
      )
    : {};
}
