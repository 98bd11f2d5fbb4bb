import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { LabelSets } from '../../src/entry/labels.js';
import { CustomMetricSet } from '../../src/metrics/custom-metric-set.js';
import { StageCounters } from '../../src/metrics/stage-counters.js';
import { recordedLog } from '../support/recorded-log.js';

const sets = new LabelSets();
const a = sets.of([['job', 'a']]);
const definition = { name: 'promtail_custom_x', help: 'h', maxIdleMs: 60_000 };

function custom() {
  const clock = { ms: 0 };
  const { log, lines } = recordedLog();
  const set = new CustomMetricSet(log, () => clock.ms);
  const shown = () =>
    set
      .collect()
      .flatMap(({ samples }) => samples.map(({ name, labels, value }) => `${name} ${labels} ${value}`));
  return { clock, lines, set, shown };
}

describe('the metrics of pipelines', () => {
  it('have a series for each set of labels, those that begin with __ left out', () => {
    const { set, shown } = custom();
    const counter = set.counter(definition);
    expect(shown()).toEqual([]);
    counter.add(a, 1);
    counter.add(a.with('__tenant_id__', 't'), 2);
    counter.add(a.with('__x', 'y'), 3);
    counter.add(sets.empty, 0);
    expect(shown()).toEqual(['promtail_custom_x job,a 6', 'promtail_custom_x  0']);
  });

  it('count into buckets that add up', () => {
    const { set, shown } = custom();
    const histogram = set.histogram({ ...definition, buckets: [1, 2] });
    for (const value of [0.5, 1, 1.5, 5]) histogram.observe(a, value);
    expect(shown()).toEqual([
      'promtail_custom_x_bucket job,a,le,1 2',
      'promtail_custom_x_bucket job,a,le,2 3',
      'promtail_custom_x_bucket job,a,le,Infinity 4',
      'promtail_custom_x_sum job,a 8',
      'promtail_custom_x_count job,a 4',
    ]);
  });

  it('are shown once more after having been idle for too long, and then begin anew', () => {
    const { set, shown, clock } = custom();
    const gauge = set.gauge(definition);
    gauge.set(a, 5);
    clock.ms = 59_999;
    expect(shown()).toHaveLength(1);
    clock.ms = 60_000;
    expect(shown()).toEqual(['promtail_custom_x job,a 5']);
    expect(shown()).toEqual([]);
    gauge.add(a, 1);
    expect(shown()).toEqual(['promtail_custom_x job,a 1']);
  });

  it('are one when they are defined twice', () => {
    const { set, shown } = custom();
    set.counter(definition).add(a, 1);
    set.counter(definition).add(a, 2);
    expect(shown()).toEqual(['promtail_custom_x job,a 3']);
  });

  it('are left out, with a warning, when they differ from one of the same name', () => {
    const { set, shown, lines } = custom();
    set.counter(definition).add(a, 1);
    set.gauge(definition).set(a, 7);
    set.counter({ ...definition, help: 'other' }).add(a, 7);
    expect(shown()).toEqual(['promtail_custom_x job,a 1']);
    expect(lines.map(({ metric }) => metric)).toEqual(['promtail_custom_x', 'promtail_custom_x']);
  });
});

describe('the counters of stages', () => {
  it('count dropped lines by reason and by label, and forget a label', async () => {
    const registry = new Registry();
    const metrics = new StageCounters(registry).with(custom().set);
    metrics.droppedLines('drop_stage').add(2);
    metrics.droppedLines('drop_stage').add(1);
    metrics.droppedLinesByLabel('app', 'x').add(1);
    metrics.droppedLinesByLabel('pod', 'y').add(1);
    metrics.forgetDroppedByLabel('app');
    const page = await registry.metrics();
    expect(page).toContain('logentry_dropped_lines_total{reason="drop_stage"} 3');
    expect(page).toContain('logentry_dropped_lines_by_label_total{label_name="pod",label_value="y"} 1');
    expect(page).not.toContain('label_name="app"');
  });
});
