/** `loss`: lines would be lost, refused or not be read. `warning`: worth knowing. */
export type Severity = 'loss' | 'warning';

/** One thing that the preflight found. */
export interface Finding {
  readonly severity: Severity;
  /** The same for the same kind of thing, for programs. */
  readonly id: string;
  readonly message: string;
}

export function loss(id: string, message: string): Finding {
  return { severity: 'loss', id, message };
}

export function warning(id: string, message: string): Finding {
  return { severity: 'warning', id, message };
}
