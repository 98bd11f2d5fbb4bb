import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { allFamilies, formatFor, printMetrics } from '../../src/metrics/exposition.js';
import type { Family } from '../../src/metrics/family.js';

async function pages(fill: (registry: Registry) => void, custom: Family[] = []): Promise<[string, string]> {
  const registry = new Registry();
  fill(registry);
  const families = await allFamilies(registry, custom);
  return [printMetrics(families, 'text'), printMetrics(families, 'openmetrics')];
}

it('prints counters', async () => {
  const [text, open] = await pages((registry) => {
    const lines = new Counter({
      name: 'lines_total',
      help: 'Says "a\\b"\nhere.',
      labelNames: ['host', 'a'],
      registers: [registry],
    });
    lines.inc({ host: 'x"\\\n', a: 'é' }, 2);
    new Counter({ name: 'unused_total', help: 'h', labelNames: ['a'], registers: [registry] });
  });
  expect(text).toBe(
    '# HELP lines_total Says "a\\\\b"\\nhere.\n# TYPE lines_total counter\nlines_total{a="é",host="x\\"\\\\\\n"} 2\n',
  );
  expect(open).toBe(
    '# HELP lines Says \\"a\\\\b\\"\\nhere.\n# TYPE lines counter\nlines_total{a="é",host="x\\"\\\\\\n"} 2.0\n# EOF\n',
  );
});

it('prints histograms with bounds last', async () => {
  const [text, open] = await pages((registry) => {
    const seconds = new Histogram({
      name: 'seconds',
      help: 'h',
      labelNames: ['zone'],
      buckets: [0.5, 1],
      registers: [registry],
    });
    seconds.observe({ zone: 'a' }, 0.75);
  });
  expect(text).toBe(
    [
      '# HELP seconds h',
      '# TYPE seconds histogram',
      'seconds_bucket{zone="a",le="0.5"} 0',
      'seconds_bucket{zone="a",le="1"} 1',
      'seconds_bucket{zone="a",le="+Inf"} 1',
      'seconds_sum{zone="a"} 0.75',
      'seconds_count{zone="a"} 1\n',
    ].join('\n'),
  );
  expect(open).toContain('seconds_bucket{zone="a",le="1.0"} 1\n');
});

it('prints numbers as Go does', async () => {
  const values = [0, -1, 0.1, 1e6, 1048576, 123456, 1e-7, Number.NaN, Number.POSITIVE_INFINITY];
  const [text, open] = await pages((registry) => {
    const gauge = new Gauge({ name: 'g', help: 'h', labelNames: ['i'], registers: [registry] });
    for (const [index, value] of values.entries()) gauge.set({ i: String(index) }, value);
  });
  const numbers = (page: string) => [...page.matchAll(/^g.* (\S+)$/gm)].map((match) => match[1]);
  expect(numbers(text)).toEqual([
    '0',
    '-1',
    '0.1',
    '1e+06',
    '1.048576e+06',
    '123456',
    '1e-07',
    'NaN',
    '+Inf',
  ]);
  expect(numbers(open).slice(0, 4)).toEqual(['0.0', '-1.0', '0.1', '1e+06']);
});

it('adds custom metrics, their odd names escaped, unless the name is taken', async () => {
  const custom: Family[] = [
    {
      name: 'promtail_custom_a-b',
      help: 'h',
      type: 'counter',
      samples: [{ name: 'promtail_custom_a-b', labels: [['日 x', '1']], value: 3 }],
    },
    { name: 'own', help: 'h', type: 'gauge', samples: [{ name: 'own', labels: [], value: 9 }] },
  ];
  const [text, open] = await pages((registry) => {
    new Gauge({ name: 'own', help: 'h', registers: [registry] }).set(1);
  }, custom);
  expect(text).toBe(
    '# HELP own h\n# TYPE own gauge\nown 1\n# HELP promtail_custom_a_b h\n# TYPE promtail_custom_a_b counter\npromtail_custom_a_b{__x="1"} 3\n',
  );
  expect(open).toContain('# TYPE promtail_custom_a_b counter\npromtail_custom_a_b_total{__x="1"} 3.0\n');
});

it('knows who wants OpenMetrics', () => {
  expect(formatFor('application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.4')).toBe(
    'openmetrics',
  );
  expect(formatFor('text/plain')).toBe('text');
  expect(formatFor(undefined)).toBe('text');
});
