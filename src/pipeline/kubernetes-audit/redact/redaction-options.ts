import { bool, text } from '../../../fields/scalars.js';
import { listOf, struct, type Value, withDefault } from '../../../fields/schema.js';

/** `redact` of the stage: which rules are at work. docs/kubernetes-audit.md has them in words. */
export const redactionSchema = struct({
  /** What is secret in secrets, token reviews, token and certificate requests, OAuth tokens. */
  objects: withDefault(bool, true),
  /** Parameters of the URL that hold tokens and passwords. */
  urls: withDefault(bool, true),
  /** Tokens and keys, by how they look. */
  patterns: withDefault(bool, true),
  /** Copies of bodies in annotations. */
  copies: withDefault(bool, true),
  /** The commands of exec and attach, which stand in the URL. */
  exec_commands: withDefault(bool, false),
  /** Values in config maps, custom resources and environments whose keys sound secret. */
  secret_keys: withDefault(bool, false),
  /** Resources whose bodies go altogether. */
  drop_bodies: withDefault(listOf(text), []),
  /** A key of 16 bytes at least; people's names and addresses become hashes made with it. */
  pseudonym_key_file: withDefault(text, ''),
});

export type RedactionOptions = Value<typeof redactionSchema>;
