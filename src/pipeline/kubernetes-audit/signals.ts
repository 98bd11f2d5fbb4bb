import type { AuditMetrics } from '../../metrics/audit-metrics.js';
import type { Tally } from '../../metrics/tally.js';
import { countAnnotations, countRefusedPod } from './annotation-signals.js';
import { type AuditEvent, part } from './audit-event.js';
import { boundCode, boundVerb, isLongRunning, isTerminal } from './request-kinds.js';
import type { UserGroup, UserGroups } from './user-group.js';

const changingVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const rbac = new Set(['roles', 'clusterroles', 'rolebindings', 'clusterrolebindings']);
const admission = new Set([
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
  'mutatingadmissionpolicies',
  'mutatingadmissionpolicybindings',
  'validatingadmissionpolicies',
  'validatingadmissionpolicybindings',
]);
const sessions = new Set(['exec', 'attach', 'portforward']);

/** Counts what events tell of the cluster: each request once, by its last event. */
export class Signals {
  readonly #metrics: AuditMetrics;
  readonly #users: UserGroups;
  readonly #identity: (name: string) => string;

  /** `identity`: what people's names become before they leave the host. */
  constructor(metrics: AuditMetrics, users: UserGroups, identity: (name: string) => string) {
    this.#metrics = metrics;
    this.#users = users;
    this.#identity = identity;
  }

  count(event: AuditEvent, tally: Tally): void {
    const { events, eventSize } = this.#metrics;
    tally.count(events.at(event.stage).at(event.level).series);
    tally.observe(eventSize.series, event.end - event.start);
    if (sessions.has(event.subresource)) this.#countSession(event, tally);
    if (isTerminal(event)) this.#countRequest(event, tally);
  }

  #countRequest(event: AuditEvent, tally: Tally): void {
    const metrics = this.#metrics;
    const { resource } = event;
    const verb = boundVerb(event.verb);
    const code = boundCode(event.code);
    const group = event.apiGroup;
    tally.count(metrics.requests.at(verb).at(resource).at(event.subresource).at(group).at(code).series);
    this.#observeDuration(event, verb, tally);
    const user = this.#users.of(event.username);
    if (code === '401' || code === '403') {
      const name = this.#identity(user.group);
      tally.count(metrics.denied.at(code).at(user.type).at(name).at(verb).at(resource).series);
    } else if (code === '429') {
      tally.count(metrics.throttled.at(user.type).at(resource).series);
    }
    if (user.type === 'anonymous') tally.count(metrics.anonymous.at(code).at(pathClass(event)).series);
    if (code.charCodeAt(0) === 0x32) this.#countSuccess(event, user, tally);
    if (event.has(part.impersonated)) this.#countImpersonation(event, user, tally);
    if (code === '403') countRefusedPod(event, metrics, tally);
    if (event.hasOtherAnnotations) countAnnotations(event, metrics, tally);
  }

  #observeDuration(event: AuditEvent, verb: string, tally: Tally): void {
    const seconds = (event.stagedMicros - event.receivedMicros) / 1e6;
    if (!(seconds >= 0)) return;
    const { requestDuration, streamDuration } = this.#metrics;
    if (isLongRunning(event)) tally.observe(streamDuration.at(event.subresource || verb).series, seconds);
    else tally.observe(requestDuration.at(verb).at(event.resource).series, seconds);
  }

  /** exec may last for hours: it counts when it begins. One that is refused never does. */
  #countSession(event: AuditEvent, tally: Tally): void {
    const { stage, subresource } = event;
    const isRefused = stage === 'ResponseComplete' && event.code >= '400';
    if (stage !== 'ResponseStarted' && !isRefused) return;
    const outcome = event.code >= '400' ? 'refused' : 'begun';
    const { type } = this.#users.of(event.username);
    tally.count(this.#metrics.exec.at(subresource).at(type).at(event.namespace).at(outcome).series);
  }

  #countSuccess(event: AuditEvent, { type }: UserGroup, tally: Tally): void {
    const metrics = this.#metrics;
    const { resource, verb, subresource } = event;
    if (resource === 'secrets' && !changingVerbs.has(verb)) {
      tally.count(metrics.secretReads.at(boundVerb(verb)).at(type).at(event.namespace).series);
    }
    if (subresource !== '' || !changingVerbs.has(verb) || !isWatched(event) || isDryRun(event)) return;
    if (rbac.has(resource)) tally.count(metrics.rbacChanges.at(resource).at(verb).at(type).series);
    else if (admission.has(resource))
      tally.count(metrics.admissionChanges.at(resource).at(verb).at(type).series);
    else if (verb.startsWith('delete')) tally.count(metrics.namespaceDeletes.at(verb).at(type).series);
  }

  #countImpersonation(event: AuditEvent, { type }: UserGroup, tally: Tally): void {
    const target = this.#users.of(event.text(part.impersonated)).type;
    const decision = event.text(part.decision) || 'none';
    tally.count(this.#metrics.impersonation.at(type).at(target).at(decision).series);
  }
}

/** Whether changes of the event's resource are counted. */
function isWatched({ resource }: AuditEvent): boolean {
  return rbac.has(resource) || admission.has(resource) || resource === 'namespaces';
}

/** A dry run looks like the real thing, but for its URL. */
function isDryRun(event: AuditEvent): boolean {
  return /[?&]dryRun=/.test(event.text(part.uri));
}

/** What is asked for without saying who asks. */
function pathClass(event: AuditEvent): string {
  const path = event.text(part.uri).split('?', 1)[0]!;
  if (/^\/(healthz|livez|readyz)(\/|$)/.test(path)) return 'health';
  if (path === '/version' || path === '/version/') return 'version';
  if (event.resource !== '') return 'api';
  return /^\/(api|apis|openapi|swagger|\.well-known)(\/|$|\.|-)/.test(path) ? 'discovery' : 'other';
}
