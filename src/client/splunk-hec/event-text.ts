import type { Labels } from '../../entry/labels.js';
import type { MetadataPair } from '../../entry/metadata.js';

/** Makes a text for an entry. */
export type EventText = (labels: Labels, metadata: readonly MetadataPair[]) => string;

/** A text in which `{name}` stands for the value of a label, or else of metadata; for nothing when there is no such thing. */
export function parseEventText(pattern: string): EventText {
  const parts = pattern.split(/\{([^{}]*)\}/);
  if (parts.length === 1) return () => pattern;
  return (labels, metadata) =>
    parts.map((part, index) => (index % 2 === 0 ? part : namedValue(part, labels, metadata))).join('');
}

export function isFixed(pattern: string): boolean {
  return !/\{[^{}]*\}/.test(pattern);
}

function namedValue(name: string, labels: Labels, metadata: readonly MetadataPair[]): string {
  return labels.get(name) ?? metadata.find(([other]) => other === name)?.[1] ?? '';
}
