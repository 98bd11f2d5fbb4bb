import type { FlagRow } from './flag.js';

/** Flags about the program, positions, targets and limits. */
// biome-ignore format: one flag a line
export const generalFlags: readonly FlagRow[] = [
  ['check-syntax', 'switch', '', '', 'Check the config file, say what is wrong with it, and exit.'],
  ['config.expand-env', 'switch', '', '', 'Replace ${var} in the config file by environment variables.'],
  ['config.file', 'string', '', '', 'The config file (YAML); of several, separated by commas, the first that exists.'],
  ['dry-run', 'switch', '', '', 'Print entries to stdout instead of sending them; positions are not written.'],
  ['inspect', 'switch', '', '', 'Print to stderr what each pipeline stage changes.'],
  ['log-config-reverse-order', 'switch', '', '', 'Log the effective config at level info, its last line first.'],
  ['print-config-stderr', 'switch', '', '', 'Print the effective config to stderr at start.'],
  ['version', 'switch', '', '', 'Print the version and exit.'],
  ['log.format', 'string', '"logfmt"', 'server.log_format', 'How to write log lines: logfmt or json.'],
  ['log.level', 'level', 'info', 'server.log_level', 'The lowest level that is logged: debug, info, warn or error.'],
  ['tracing.enabled', 'switch', 'true', 'tracing.enabled', 'No effect: there is no tracing.'],
  ['stdin', 'switch', '', 'target_config.stdin', 'Read lines from stdin, send them and exit.'],
  ['target.sync-period', 'duration', '10s', 'target_config.sync_period', 'How often to look for new and gone files.'],
  ['file-watch.min_poll_frequency', 'duration', '250ms', 'global.file_watch_config.min_poll_frequency', 'How soon to look at a file again that has just grown.'],
  ['file-watch.max_poll_frequency', 'duration', '250ms', 'global.file_watch_config.max_poll_frequency', 'How soon to look at a file again that has long been idle.'],
  ['positions.file', 'string', '"/var/log/positions.yaml"', 'positions.filename', 'The file that says how far each source was read.'],
  ['positions.sync-period', 'duration', '10s', 'positions.sync_period', 'How often to write the positions file.'],
  ['positions.ignore-invalid-yaml', 'switch', '', 'positions.ignore_invalid_yaml', 'Start anew when the positions file cannot be parsed, and overwrite it.'],
  ['limit.readline-rate', 'float', '10000', 'limits_config.readline_rate', 'Lines a second that may be sent, over all jobs.'],
  ['limit.readline-burst', 'int', '10000', 'limits_config.readline_burst', 'Lines that may be sent at once.'],
  ['limit.readline-rate-enabled', 'switch', '', 'limits_config.readline_rate_enabled', 'Limit the lines a second.'],
  ['limit.readline-rate-drop', 'switch', 'true', 'limits_config.readline_rate_drop', 'Drop lines over the limit; if false, wait.'],
  ['max-streams', 'int', '', 'limits_config.max_streams', 'How many streams a batch may have; 0 for no limit.'],
  ['max-line-size', 'size', '', 'limits_config.max_line_size', 'Drop lines longer than this, for example 256kb or 2M; 0 for no limit.'],
  ['max-line-size-truncate', 'switch', '', 'limits_config.max_line_size_truncate', 'Cut lines longer than max_line_size instead of dropping them.'],
];
