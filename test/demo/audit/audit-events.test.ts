import { describe, expect, it } from 'vitest';
import { AuditEvents, type AuditEventsOptions } from '../../../demo/audit/audit-events.js';
import { goJson } from '../../../demo/audit/go-text.js';

const startMs = Date.parse('2026-03-02T08:00:00Z');

interface AuditEvent {
  level: string;
  auditID: string;
  stage: string;
  requestURI: string;
  verb: string;
  user: { username?: string };
  objectRef?: Record<string, string>;
  responseStatus?: { code: number; reason?: string };
  requestObject?: unknown;
  responseObject?: unknown;
  requestReceivedTimestamp: string;
  stageTimestamp: string;
  annotations?: Record<string, string>;
}

describe('the bytes', () => {
  const lines = take(5000, { withRequestReceived: true });

  it('are what Go writes for the same values', () => {
    for (const line of lines) expect(goJson(JSON.parse(line))).toBe(line);
    expect(lines.some((line) => line.includes('\\u0026'))).toBe(true);
    expect(lines.some((line) => line.includes('\\u003c'))).toBe(true);
    expect(lines.some((line) => line.includes('µs'))).toBe(true);
    expect(lines.some((line) => /[<>&]/.test(line))).toBe(false);
  });

  it.each([
    [
      'event',
      (event: AuditEvent) => event,
      'kind apiVersion level auditID stage requestURI verb user impersonatedUser sourceIPs userAgent objectRef responseStatus requestObject responseObject requestReceivedTimestamp stageTimestamp annotations',
    ],
    ['user', (event: AuditEvent) => event.user, 'username uid groups extra'],
    [
      'objectRef',
      (event: AuditEvent) => event.objectRef,
      'resource namespace name uid apiGroup apiVersion resourceVersion subresource',
    ],
    [
      'responseStatus',
      (event: AuditEvent) => event.responseStatus,
      'metadata status message reason details code',
    ],
  ] as const)('have the keys of %s in the order of the server', (_, part, order) => {
    const seen = new Set<string>();
    for (const line of lines) {
      const keys = Object.keys(part(JSON.parse(line)) ?? {});
      for (const key of keys) seen.add(key);
      expect(keys).toEqual(order.split(' ').filter((key) => keys.includes(key)));
    }
    expect([...seen].sort()).toEqual(order.split(' ').sort());
  });

  it('have annotations sorted, and times of 27 characters', () => {
    for (const line of lines) {
      const { annotations = {}, requestReceivedTimestamp, stageTimestamp } = JSON.parse(line) as AuditEvent;
      expect(Object.keys(annotations)).toEqual(Object.keys(annotations).sort());
      for (const time of [requestReceivedTimestamp, stageTimestamp]) {
        expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      }
    }
  });
});

describe('the events', () => {
  it('are the same for the same seed, and others for another', () => {
    expect(take(500, { seed: 7 })).toEqual(take(500, { seed: 7 }));
    expect(take(500, { seed: 8 })).not.toEqual(take(500, { seed: 7 }));
  });

  it('are some 1.3 kB on average', () => {
    const lines = take(20_000);
    const mean = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0) / lines.length;
    expect(mean).toBeGreaterThan(1200);
    expect(mean).toBeLessThan(1400);
  });

  it('stand in the order of their stage times, at the rate asked for', () => {
    const times = parse(take(5000, { eventsPerSecond: 500 })).map(({ stageTimestamp }) => stageTimestamp);
    expect(times).toEqual([...times].sort());
    const seconds = (Date.parse(times.at(-1)!) - startMs) / 1000;
    expect(seconds).toBeGreaterThan(9.5);
    expect(seconds).toBeLessThan(10.5);
  });

  it('are never the same twice: one stage of one ID', () => {
    const events = parse(take(20_000, { withRequestReceived: true }));
    expect(new Set(events.map(({ auditID, stage }) => auditID + stage)).size).toBe(20_000);
  });

  it('tell the stages of a request in order, with the same ID', () => {
    const events = parse(
      take(3000, { withRequestReceived: true, mix: { exec: 1 }, eventsPerSecond: 20 }),
    ).filter(({ requestReceivedTimestamp }) => Date.parse(requestReceivedTimestamp) >= startMs);
    const byId = Map.groupBy(events, ({ auditID }) => auditID);
    const first = byId.values().next().value!;
    expect(first.map(({ stage }) => stage)).toEqual([
      'RequestReceived',
      'ResponseStarted',
      'ResponseComplete',
    ]);
    expect(first[0]!.stageTimestamp).toBe(first[0]!.requestReceivedTimestamp);
    expect(first[0]!.responseStatus).toBeUndefined();
    expect(new Set(first.map(({ requestReceivedTimestamp }) => requestReceivedTimestamp)).size).toBe(1);
  });

  it('leave the first stage out unless asked for it', () => {
    expect(parse(take(2000)).filter(({ stage }) => stage === 'RequestReceived')).toEqual([]);
  });
});

describe('single kinds', () => {
  it('unauthenticated: one event without a user', () => {
    const [event] = parse(take(1, { mix: { unauthenticated: 1 }, withRequestReceived: true }));
    expect(event).toMatchObject({ stage: 'ResponseStarted', user: {}, responseStatus: { code: 401 } });
    expect(event?.annotations).toBeUndefined();
  });

  it('forbidden: a reason, and no word on why', () => {
    const [event] = parse(take(1, { mix: { forbidden: 1 } }));
    expect(event?.responseStatus).toMatchObject({ code: 403, reason: 'Forbidden' });
    expect(event?.annotations).toEqual({
      'authorization.k8s.io/decision': 'forbid',
      'authorization.k8s.io/reason': '',
    });
  });

  it('throttled: not even a decision, but how long it waited', () => {
    const [event] = parse(take(1, { mix: { throttled: 1 } }));
    expect(event?.responseStatus).toEqual({ metadata: {}, code: 429 });
    expect(Object.keys(event?.annotations ?? {})).toEqual([
      'apiserver.latency.k8s.io/apf-queue-wait',
      'apiserver.latency.k8s.io/authentication',
      'apiserver.latency.k8s.io/total',
    ]);
  });

  it('slow: the total is the time between the two timestamps', () => {
    const [event] = parse(take(1, { mix: { slow: 1 } }));
    const { requestReceivedTimestamp, stageTimestamp, annotations } = event!;
    const micros = (time: string) => Date.parse(time) * 1000 + Number(time.slice(23, 26));
    const seconds = (micros(stageTimestamp) - micros(requestReceivedTimestamp)) / 1e6;
    const total = annotations?.['apiserver.latency.k8s.io/total'];
    expect(total?.endsWith('ms') ? Number.parseFloat(total) / 1000 : Number.parseFloat(total!)).toBeCloseTo(
      seconds,
      6,
    );
  });

  it('a create does not know its name before the body was read', () => {
    const events = parse(take(50, { mix: { rbac: 1 }, withRequestReceived: true }));
    const received = events.find(({ stage }) => stage === 'RequestReceived');
    const complete = events.find(({ stage }) => stage === 'ResponseComplete');
    expect(received?.objectRef?.name).toBeUndefined();
    expect(complete?.objectRef?.name).toMatch(/^tmp-admin-/);
    expect(received?.requestObject).toBeUndefined();
    expect(complete).toMatchObject({ requestObject: {}, responseObject: {} });
  });

  it('watches that were running before end from the beginning on', () => {
    const ended = parse(take(1000, { mix: { watch: 1 } })).find(({ stage }) => stage === 'ResponseComplete');
    expect(Date.parse(ended!.requestReceivedTimestamp)).toBeLessThan(startMs - 60_000);
    expect(ended?.annotations?.['apiserver.latency.k8s.io/total']).toMatch(/^\d+m[\d.]+s$/);
  });
});

it('takes whole lines, about as many bytes as asked for', () => {
  const events = new AuditEvents({ startMs });
  const chunk = events.take(100_000);
  expect(chunk.length).toBeGreaterThanOrEqual(100_000);
  expect(chunk.length).toBeLessThan(110_000);
  const lines = chunk.toString().split('\n');
  expect(lines.pop()).toBe('');
  expect(lines).toHaveLength(events.count);
  expect(lines).toEqual(take(lines.length));
});

function take(count: number, options: Partial<AuditEventsOptions> = {}): string[] {
  const events = new AuditEvents({ startMs, ...options });
  return Array.from({ length: count }, () => events.next());
}

function parse(lines: string[]): AuditEvent[] {
  return lines.map((line) => JSON.parse(line) as AuditEvent);
}
