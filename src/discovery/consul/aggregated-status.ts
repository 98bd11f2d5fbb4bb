/** A health check of a node or service. */
export interface Check {
  readonly CheckID: string;
  readonly Status: string;
}

const worstFirst = ['critical', 'warning', 'passing'];

/** One word for all checks: the worst, and `maintenance` before that. An unknown word makes it empty. */
export function aggregatedStatus(checks: readonly Check[]): string {
  const isMaintenance = ({ CheckID: id }: Check) =>
    id === '_node_maintenance' || id.startsWith('_service_maintenance:');
  const states = checks.filter((check) => !isMaintenance(check)).map(({ Status }) => Status);
  if (states.some((state) => !worstFirst.includes(state))) return '';
  if (checks.some(isMaintenance)) return 'maintenance';
  return worstFirst.find((state) => states.includes(state)) ?? 'passing';
}
