import type { AuditMetrics } from '../../metrics/audit-metrics.js';
import type { BucketSeries, CountedSeries } from '../../metrics/series-tree.js';
import type { Tally } from '../../metrics/tally.js';
import { countAnnotations, countRefusedPod } from './annotation-signals.js';
import { type AuditEvent, part } from './audit-event.js';
import { boundCode, boundVerb, isTerminal } from './request-kinds.js';
import type { Counts, Traits } from './traits.js';
import { groupOf } from './user-group.js';

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
  readonly #identity: (name: string) => string;

  /** `identity`: what people's names become before they leave the host. */
  constructor(metrics: AuditMetrics, identity: (name: string) => string) {
    this.#metrics = metrics;
    this.#identity = identity;
  }

  count(event: AuditEvent, tally: Tally): void {
    const { traits } = event;
    // To find a series by its labels costs 0.1 µs.
    traits.counts ??= this.#countsOf(traits);
    const { counts } = traits;
    tally.countAll(counts.series);
    tally.observe(this.#metrics.eventSize.series, event.end - event.start);
    if (!counts.isTerminal) return;
    this.#observeDuration(event, counts, tally);
    if (counts.isAnonymous) this.#countAnonymous(event, tally);
    if (counts.isWatchedChange && !isDryRun(event)) this.#countChange(event.traits, tally);
    if (counts.isForbidden) countRefusedPod(event, this.#metrics, tally);
    if (event.hasOtherAnnotations) countAnnotations(event, this.#metrics, tally);
  }

  #countsOf(traits: Traits): Counts {
    const isEnd = isTerminal(traits.stage, traits.username);
    const { events } = this.#metrics;
    return {
      series: [
        events.at(traits.stage).at(traits.level).series,
        ...this.#sessionSeries(traits),
        ...(isEnd ? this.#requestSeries(traits) : []),
      ],
      isTerminal: isEnd,
      duration: undefined,
      isAnonymous: traits.user.type === 'anonymous',
      isWatchedChange: isSuccess(traits) && isWatchedChange(traits),
      isForbidden: traits.code === '403',
    };
  }

  /** exec may last for hours: it counts when it begins. One that is refused never does. */
  #sessionSeries({ stage, subresource, code, user, namespace }: Traits): CountedSeries[] {
    const isRefused = code >= '400';
    const isCounted = stage === 'ResponseStarted' || (stage === 'ResponseComplete' && isRefused);
    if (!sessions.has(subresource) || !isCounted) return [];
    const outcome = isRefused ? 'refused' : 'begun';
    return [this.#metrics.exec.at(subresource).at(user.type).at(namespace).at(outcome).series];
  }

  #requestSeries(traits: Traits): CountedSeries[] {
    const { requests, denied, throttled, secretReads } = this.#metrics;
    const { resource, subresource, apiGroup, namespace, user } = traits;
    const verb = boundVerb(traits.verb);
    const code = boundCode(traits.code);
    const series = [requests.at(verb).at(resource).at(subresource).at(apiGroup).at(code).series];
    if (code === '401' || code === '403') {
      const name = this.#identity(user.group);
      series.push(denied.at(code).at(user.type).at(name).at(verb).at(resource).series);
    } else if (code === '429') {
      series.push(throttled.at(user.type).at(resource).series);
    }
    if (isSuccess(traits) && resource === 'secrets' && !changingVerbs.has(traits.verb))
      series.push(secretReads.at(verb).at(user.type).at(namespace).series);
    if (traits.isImpersonated) series.push(this.#impersonationSeries(traits));
    return series;
  }

  #impersonationSeries({ user, impersonated, decision }: Traits): CountedSeries {
    const target = groupOf(impersonated).type;
    return this.#metrics.impersonation
      .at(user.type)
      .at(target)
      .at(decision || 'none').series;
  }

  #observeDuration({ traits, stagedMicros, receivedMicros }: AuditEvent, counts: Counts, tally: Tally): void {
    const seconds = (stagedMicros - receivedMicros) / 1e6;
    if (!(seconds >= 0)) return;
    counts.duration ??= this.#durationOf(traits);
    tally.observe(counts.duration, seconds);
  }

  #durationOf(traits: Traits): BucketSeries {
    const { requestDuration, streamDuration } = this.#metrics;
    const verb = boundVerb(traits.verb);
    return traits.lastsLong
      ? streamDuration.at(traits.subresource || verb).series
      : requestDuration.at(verb).at(traits.resource).series;
  }

  #countAnonymous(event: AuditEvent, tally: Tally): void {
    const { anonymous } = this.#metrics;
    tally.count(anonymous.at(boundCode(event.traits.code)).at(pathClass(event)).series);
  }

  #countChange({ resource, verb, user }: Traits, tally: Tally): void {
    const { rbacChanges, admissionChanges, namespaceDeletes } = this.#metrics;
    if (rbac.has(resource)) tally.count(rbacChanges.at(resource).at(verb).at(user.type).series);
    else if (admission.has(resource))
      tally.count(admissionChanges.at(resource).at(verb).at(user.type).series);
    else tally.count(namespaceDeletes.at(verb).at(user.type).series);
  }
}

/** A code that nobody knows is none. */
function isSuccess({ code }: Traits): boolean {
  return boundCode(code).charCodeAt(0) === 0x32;
}

/** Whether it changes what is counted when it changes; a dry run looks the same. */
function isWatchedChange({ resource, subresource, verb }: Traits): boolean {
  if (subresource !== '' || !changingVerbs.has(verb)) return false;
  return (
    rbac.has(resource) || admission.has(resource) || (resource === 'namespaces' && verb.startsWith('delete'))
  );
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
  if (event.traits.resource !== '') return 'api';
  return /^\/(api|apis|openapi|swagger|\.well-known)(\/|$|\.|-)/.test(path) ? 'discovery' : 'other';
}
