import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Alert {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

interface RuleFile {
  groups: { name: string; rules: Alert[] }[];
}

export function readAlerts(path: string): Alert[] {
  return (parse(readFileSync(path, 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules);
}

export const logAlerts = () =>
  ['rules', 'site-rules'].flatMap((name) => readAlerts(`deploy/loki/${name}.yaml`));
export const metricAlerts = () => readAlerts('deploy/prometheus/rules.yaml');
