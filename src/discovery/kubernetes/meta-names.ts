import { sanitized } from '../../relabel/meta-labels.js';
import type { ObjectMeta } from './objects.js';

export const prefix = '__meta_kubernetes_';
export const namespaceLabel = `${prefix}namespace`;

/** The labels of a target while they are put together. */
export type Labels = Map<string, string>;

const maxNamesPerKind = 10_000;

/**
 * Makes the names of meta labels out of the names of labels and annotations, and remembers them: thousands of pods have the same
 * few dozen, and names made anew for each pod would take more memory than their values.
 */
export class MetaNames {
  readonly #names = new Map<string, Map<string, string>>();

  /** What an object is called, and its labels and annotations. */
  addMeta(labels: Labels, meta: ObjectMeta, role: string): void {
    labels.set(this.#nameOf(role, 'name'), meta.name);
    this.addLabelsAndAnnotations(labels, meta, role);
  }

  addLabelsAndAnnotations(labels: Labels, meta: ObjectMeta, role: string): void {
    this.#addAll(labels, meta.labels, `${role}_label`, `${role}_labelpresent`);
    this.#addAll(labels, meta.annotations, `${role}_annotation`, `${role}_annotationpresent`);
  }

  addTopology(labels: Labels, topology: Readonly<Record<string, string>> | undefined): void {
    const kind = 'endpointslice_endpoint_topology';
    this.#addAll(labels, topology, kind, `${kind}_present`);
  }

  /** Each value, and that there is one, which an empty value would not show. */
  #addAll(
    labels: Labels,
    values: Readonly<Record<string, string>> = {},
    kind: string,
    presentKind: string,
  ): void {
    for (const name in values) {
      labels.set(this.#nameOf(kind, name), values[name]!);
      labels.set(this.#nameOf(presentKind, name), 'true');
    }
  }

  #nameOf(kind: string, name: string): string {
    let names = this.#names.get(kind);
    if (names === undefined || names.size >= maxNamesPerKind) {
      names = new Map();
      this.#names.set(kind, names);
    }
    let made = names.get(name);
    if (made === undefined) {
      made = `${prefix}${kind}_${sanitized(name)}`;
      names.set(name, made);
    }
    return made;
  }
}
