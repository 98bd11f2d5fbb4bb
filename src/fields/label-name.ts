/** What is wrong with a label's name, if anything. Promtail takes any UTF-8 (`a-b`, `a b`); Loki may refuse it later. */
export function labelName(name: string): string | undefined {
  return name !== '' && name.isWellFormed() ? undefined : `not a label name: ${JSON.stringify(name)}`;
}

/** The stricter rule of stages that set labels: `[a-zA-Z_][a-zA-Z0-9_]*`. */
export function classicLabelName(name: string): string | undefined {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? undefined : `not a label name: ${JSON.stringify(name)}`;
}
