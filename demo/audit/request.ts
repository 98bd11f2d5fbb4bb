import type { Actor } from './cast.js';
import { goJson } from './go-text.js';

/** What a request asks for, when it asks for a resource. Keys stand as the server writes them. */
export interface ObjectRef {
  resource: string;
  namespace?: string;
  name?: string;
  uid?: string;
  apiGroup?: string;
  apiVersion: string;
  resourceVersion?: string;
  subresource?: string;
}

/** One request to the API server and its outcome, before it has a time and an ID. */
export interface RequestSpec {
  actor: Actor;
  verb: string;
  uri: string;
  object?: ObjectRef;
  code?: number;
  /** The text, reason and details of a failure. */
  failure?: { message: string; reason: string; details?: object };
  level?: 'Metadata' | 'Request' | 'RequestResponse';
  requestBody?: unknown;
  responseBody?: unknown;
  impersonated?: Actor['user'];
  /** Further annotations. */
  annotations?: Record<string, string>;
  /** `long` requests tell when their answer began; an `unauthenticated` one tells nothing else. */
  kind?: 'plain' | 'long' | 'unauthenticated';
  /** How long it takes, from and to. */
  micros: [min: number, max: number];
}

/** A request with all but its ID and its times already in JSON, as thousands of events differ in nothing else. */
export interface RequestTemplate {
  /** Level, up to where the ID goes in. */
  start: string;
  /** requestURI to userAgent. */
  call: string;
  /** objectRef while the body has not been read, and after. */
  firstObject: string;
  object: string;
  /** responseStatus as the answer begins, for a long request. */
  startedStatus: string;
  status: string;
  bodies: string;
  /** The pairs of annotations, in order, without the braces. */
  annotations: string;
  kind: 'plain' | 'long' | 'unauthenticated';
  micros: [min: number, max: number];
  /** Refused before anything was asked of it: the limiter knows no more than who waits how long. */
  isThrottled: boolean;
}

export function makeTemplate(spec: RequestSpec): RequestTemplate {
  const { actor, verb, uri, object, code = 200, failure, level = 'Metadata', kind = 'plain' } = spec;
  const isDecided = kind !== 'unauthenticated' && code !== 429;
  const decision = {
    'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow',
    'authorization.k8s.io/reason': code === 403 ? '' : actor.reason,
  };
  const annotations = Object.entries({ ...(isDecided && decision), ...spec.annotations });
  return {
    start: `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"${level}","auditID":"`,
    call: inner({
      requestURI: uri,
      verb,
      user: kind === 'unauthenticated' ? {} : actor.user,
      ...(spec.impersonated && { impersonatedUser: spec.impersonated }),
      sourceIPs: actor.sourceIPs,
      userAgent: actor.userAgent,
    }),
    firstObject: object === undefined ? '' : inner({ objectRef: beforeBody(object, verb) }),
    object: object === undefined ? '' : inner({ objectRef: object }),
    startedStatus: inner({ responseStatus: { metadata: {}, code } }),
    status: inner({
      responseStatus: { metadata: {}, ...(failure && { status: 'Failure', ...failure }), code },
    }),
    bodies:
      (spec.requestBody === undefined ? '' : inner({ requestObject: spec.requestBody })) +
      (spec.responseBody === undefined ? '' : inner({ responseObject: spec.responseBody })),
    annotations: annotations
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${goJson(key)}:${goJson(value)}`)
      .join(','),
    kind,
    micros: spec.micros,
    isThrottled: code === 429,
  };
}

/** A create knows its object's name only from the body. */
function beforeBody(object: ObjectRef, verb: string): ObjectRef {
  if (verb !== 'create' || object.subresource !== undefined) return object;
  const { name: _name, uid: _uid, resourceVersion: _version, ...known } = object;
  return known;
}

/** The pairs of an object, each with a comma after it. */
function inner(pairs: object): string {
  return `${goJson(pairs).slice(1, -1)},`;
}
