import type { MetricObjectWithValues, MetricValueWithName, Registry } from 'prom-client';
import { formatGoFloatShortest } from '../go/strconv.js';
import type { Family, Sample } from './family.js';

/** How a scraper wants its page. */
export type ExpositionFormat = 'text' | 'openmetrics';

export const contentTypes: Record<ExpositionFormat, string> = {
  text: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=underscores',
};

/** OpenMetrics for those who ask for it before or instead of plain text, as Prometheus does. */
export function formatFor(accept: string | undefined): ExpositionFormat {
  const isOpen = /application\/openmetrics-text\s*;\s*version=(0\.0\.1|1\.0\.0)/.test(accept ?? '');
  return isOpen ? 'openmetrics' : 'text';
}

/** The agent's own metrics and those of its pipelines. A custom metric under the name of an own one is left out. */
export async function allFamilies(registry: Registry, custom: readonly Family[]): Promise<Family[]> {
  const own = (await registry.getMetricsAsJSON()).map(toFamily);
  const names = new Set(own.map(({ name }) => name));
  return [...own, ...custom.filter(({ name }) => !names.has(name))].sort((a, b) =>
    a.name < b.name ? -1 : 1,
  );
}

/** The page, in the text format 0.0.4 or as OpenMetrics. Families without series are left out, as in Go. */
export function printMetrics(families: readonly Family[], format: ExpositionFormat): string {
  const shown = families.filter(({ samples }) => samples.length > 0);
  const page = shown.map((family) => printFamily(family, format)).join('');
  return format === 'openmetrics' ? `${page}# EOF\n` : page;
}

function printFamily({ name, help, type, samples }: Family, format: ExpositionFormat): string {
  const isOpen = format === 'openmetrics';
  const escaped = escapeName(name);
  const isOpenCounter = isOpen && type === 'counter';
  // OpenMetrics names the family of a counter without `_total`, and its samples with it.
  const title = isOpenCounter ? escaped.replace(/_total$/, '') : escaped;
  const helpLine = `# HELP ${title} ${isOpen ? escapeValue(help) : escapeHelp(help)}\n`;
  const typeLine = `# TYPE ${title} ${isOpen && type === 'untyped' ? 'unknown' : type}\n`;
  const lines = samples.map((sample) => {
    const own = isOpenCounter ? `${title}_total` : escapeName(sample.name);
    const whole = isOpen && /_(bucket|count)$/.test(sample.name) && type !== 'gauge' && type !== 'counter';
    return `${own}${printLabels(sample.labels, isOpen)} ${printNumber(sample.value, isOpen && !whole)}\n`;
  });
  return helpLine + typeLine + lines.join('');
}

function printLabels(labels: Sample['labels'], isOpen: boolean): string {
  if (labels.length === 0) return '';
  const pairs = labels.map(([name, value]) => {
    const text = typeof value === 'number' ? printNumber(value, isOpen) : escapeValue(value);
    return `${escapeName(name)}="${text}"`;
  });
  return `{${pairs.join(',')}}`;
}

/** As Go prints it; OpenMetrics wants a point in it. */
function printNumber(value: number, withPoint: boolean): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  const text = formatGoFloatShortest(value);
  return withPoint && !/[.e]/.test(text) ? `${text}.0` : text;
}

/** Pipelines may use any name; the page has letters, digits and `_` only. */
function escapeName(name: string): string {
  return Array.from(name, (char, index) =>
    /[a-zA-Z_:]/.test(char) || (index > 0 && /[0-9]/.test(char)) ? char : '_',
  ).join('');
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"');
}

function toFamily({ name, help, type, values }: MetricObjectWithValues<MetricValueWithName<string>>): Family {
  const samples = values.map(
    ({ metricName, labels, value }): Sample => ({ name: metricName ?? name, labels: toPairs(labels), value }),
  );
  return { name, help, type: type as unknown as Family['type'], samples };
}

/** Sorted by name, but for a bound, which comes last. */
function toPairs(labels: Partial<Record<string, string | number>>): Sample['labels'] {
  const pairs = Object.entries(labels).map(([name, value]): [string, string | number] =>
    isBound(name)
      ? [name, value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value)]
      : [name, String(value)],
  );
  return pairs.sort(([a], [b]) => Number(isBound(a)) - Number(isBound(b)) || (a < b ? -1 : 1));
}

function isBound(label: string): boolean {
  return label === 'le' || label === 'quantile';
}
