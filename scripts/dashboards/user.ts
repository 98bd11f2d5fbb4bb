import { dashboard, logLines, logRate, logStat, logTable } from './grafana.js';
import { asSentence, count, denied, ended, lines, rate, top, who } from './logql.js';
import { sources, streams, typed } from './variables.js';

/** By the full name, or by the group that stands for it in the label. */
const theirs = '| user=~"${user}" or username=~"${user}"';

export const user = dashboard(
  'user',
  'User drill-down',
  'All that one user did. The user is a regular expression for the whole name; nodes and service accounts are found by name and by group.',
  [
    ...sources,
    ...streams,
    typed('user', 'User'),
    typed('resource', 'Resource'),
    typed('namespace', 'Namespace'),
  ],
  [
    logStat('Requests', `sum(count_over_time(${lines(ended, theirs)} [$__range]))`, { w: 6 }),
    logStat('Refused', `sum(count_over_time(${lines(ended, theirs, denied)} [$__range]))`, { w: 6 }),
    logStat(
      'Changes',
      `sum(count_over_time(${lines(ended, theirs, '| verb=~"create|update|patch|delete|deletecollection" | code=~"2.."')} [$__range]))`,
      { w: 6 },
    ),
    logStat('Addresses', `count(${count('source_ip', '$__range', theirs)})`, { w: 6 }),
    logRate('Requests by verb', rate('verb', ended, theirs), '{{verb}}', { unit: 'reqps' }),
    logRate('Answers by code', rate('code', ended, theirs), '{{code}}', { unit: 'reqps' }),
    logTable('Resources', top(20, count('resource, subresource, verb, code', '$__range', ended, theirs))),
    logTable('Addresses', top(20, count('source_ip', '$__range', ended, theirs)), {}, { w: 6 }),
    logTable(
      'Clients',
      top(20, count('agent', '$__range', ended, theirs, '| json agent="userAgent"')),
      {},
      { w: 6 },
    ),
    logTable('Namespaces', top(20, count('namespace', '$__range', ended, theirs)), {}, { w: 8 }),
    logTable(
      'In the name of others',
      count('imp', '$__range', '|= `"impersonatedUser":{`', theirs, '| json imp="impersonatedUser.username"'),
      {},
      { w: 8 },
    ),
    logTable(
      'Sessions in pods',
      count(
        'namespace, name, subresource, code',
        '$__range',
        theirs,
        '| subresource=~"exec|attach|portforward" | stage="ResponseStarted"',
      ),
      {},
      { w: 8 },
    ),
    logLines(
      'Events',
      lines(theirs, '| resource=~"${resource}" | namespace=~"${namespace}"', who, asSentence),
    ),
  ],
);
