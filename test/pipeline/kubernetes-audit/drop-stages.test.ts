import { describe, expect, it } from 'vitest';
import { AuditPipeline, auditEvent, auditLines } from '../../support/audit-stage.js';

const received = (auditID: string, seconds = 0) =>
  auditEvent({
    auditID,
    stage: 'RequestReceived',
    responseStatus: undefined,
    requestReceivedTimestamp: at(seconds),
    stageTimestamp: at(seconds),
    annotations: undefined,
  });
const complete = (auditID: string, seconds = 0, after = 0) =>
  auditEvent({ auditID, requestReceivedTimestamp: at(seconds), stageTimestamp: at(seconds + after) });

function at(seconds: number): string {
  return new Date(Date.UTC(2026, 2, 2, 8, 0, seconds)).toISOString().replace('Z', '000Z');
}

describe('drop_stages: [RequestReceived]', () => {
  const options = { drop_stages: ['RequestReceived'] };
  const stagesOf = (lines: readonly string[]) =>
    lines.map((line) => (JSON.parse(line) as { stage: string }).stage);

  it('drops the beginning of a request once its end has come, and settles it', () => {
    const pipeline = new AuditPipeline(options);
    const first = pipeline.push([received('a'), received('b')]);
    expect([first.out.length, first.settled(), pipeline.dropped]).toEqual([0, 0, 0]);
    const second = pipeline.push([complete('b'), complete('a')]);
    expect(stagesOf(second.out.map(({ line }) => line.text))).toEqual([
      'ResponseComplete',
      'ResponseComplete',
    ]);
    expect([first.settled(), pipeline.dropped]).toEqual([2, 2]);
  });

  it('ships it when no other event of the request comes', () => {
    let now = 1000;
    const pipeline = new AuditPipeline(options, () => now);
    const chunk = pipeline.push([received('a')]);
    expect(chunk.out).toEqual([]);
    now += 89_999;
    expect(pipeline.push([complete('x', 80)]).out).toHaveLength(1);
    now += 1;
    const orphans = pipeline.flush(now);
    expect(stagesOf(orphans.map(({ line }) => line.text))).toEqual(['RequestReceived']);
    expect(chunk.settled()).toBe(0);
    for (const entry of orphans) entry.ack.done(entry.lines);
    expect(chunk.settled()).toBe(1);
  });

  it('measures patience by the time of the events, too: files may be read days later', () => {
    const pipeline = new AuditPipeline(options, () => 0);
    const { out } = pipeline.push([received('a'), complete('x', 91)]);
    expect(stagesOf(out.map(({ line }) => line.text))).toEqual(['RequestReceived', 'ResponseComplete']);
  });

  it('outlives the chunk it was read in', () => {
    const pipeline = new AuditPipeline(options, () => 0);
    const line = received('a');
    const chunk = pipeline.push([line]);
    chunk.wipe();
    expect(pipeline.flush(90_000).map((entry) => entry.line.text)).toEqual([line]);
  });

  it('does not let one audit id hide two requests', () => {
    const pipeline = new AuditPipeline(options, () => 0);
    const { out } = pipeline.push([received('a'), received('a'), received('a', 1), complete('a', 1)]);
    // The second of the same moment cannot be told from the first, so it is shipped.
    expect(out).toHaveLength(2);
    expect(pipeline.flush(Number.POSITIVE_INFINITY)).toHaveLength(1);
  });

  it('keeps all others, a 401 among them', () => {
    const { out } = new AuditPipeline(options).push(auditLines);
    expect(out).toHaveLength(auditLines.length);
  });

  it('tells when it wants to be asked again', () => {
    const pipeline = new AuditPipeline(options, () => 5000);
    expect(pipeline.dueAt()).toBeUndefined();
    pipeline.push([received('a')]);
    expect(pipeline.dueAt()).toBe(95_000);
  });
});

describe('drop_stages: [ResponseStarted]', () => {
  it('drops those of watches, and keeps 401s and the beginning of exec', () => {
    const pipeline = new AuditPipeline({ drop_stages: ['ResponseStarted'] });
    const watch = auditEvent({ stage: 'ResponseStarted', verb: 'watch' });
    const { out, settled } = pipeline.push([watch, auditLines[1]!, auditLines[7]!]);
    expect(out.map(({ line }) => line.text)).toEqual([auditLines[1], auditLines[7]]);
    expect([settled(), pipeline.dropped]).toEqual([1, 1]);
  });
});
