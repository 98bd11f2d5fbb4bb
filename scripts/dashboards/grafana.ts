/** As much of Grafana's dashboard model as the dashboards need. Fields are written in the words of Grafana. */

export interface Target {
  refId: string;
  expr: string;
  legendFormat?: string;
  queryType?: 'range' | 'instant';
  instant?: boolean;
  format?: 'table';
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  datasource?: { type: string; uid: string };
  gridPos: { h: number; w: number; x: number; y: number };
  targets?: Target[];
  fieldConfig?: object;
  options?: object;
  transformations?: object[];
}

export interface Dashboard {
  uid: string;
  title: string;
  description: string;
  tags: string[];
  schemaVersion: number;
  editable: boolean;
  refresh: string;
  time: { from: string; to: string };
  links: object[];
  templating: { list: object[] };
  panels: Panel[];
}

/** A panel that has no place yet. */
export type UnplacedPanel = Omit<Panel, 'id' | 'gridPos'> & { w: number; h: number };

const loki = { type: 'loki', uid: '${loki}' };
const prometheus = { type: 'prometheus', uid: '${prometheus}' };

/** Puts panels into rows of 24, in their order. */
export function dashboard(
  uid: string,
  title: string,
  description: string,
  variables: object[],
  panels: UnplacedPanel[],
): Dashboard {
  return {
    uid: `auditail-${uid}`,
    title: `Kubernetes audit / ${title}`,
    description,
    tags: ['kubernetes-audit'],
    schemaVersion: 39,
    editable: true,
    refresh: '1m',
    time: { from: 'now-3h', to: 'now' },
    links: [
      {
        type: 'dashboards',
        title: 'Kubernetes audit',
        tags: ['kubernetes-audit'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
      },
    ],
    templating: { list: variables },
    panels: placed(panels),
  };
}

function placed(panels: UnplacedPanel[]): Panel[] {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  return panels.map(({ w, h, ...panel }, index) => {
    if (x + w > 24) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const gridPos = { h, w, x, y };
    x += w;
    rowHeight = Math.max(rowHeight, h);
    return { id: index + 1, ...panel, gridPos };
  });
}

export interface PanelLook {
  w?: number;
  h?: number;
  unit?: string;
  description?: string;
}

function looks({ description }: PanelLook): { description?: string } {
  return description === undefined ? {} : { description };
}

/** A log query over time. `legend` names a series by its labels. */
export function logRate(title: string, expr: string, legend: string, look: PanelLook = {}): UnplacedPanel {
  const { w = 12, h = 8, unit = 'short' } = look;
  const target: Target = { refId: 'A', expr, legendFormat: legend, queryType: 'range' };
  return {
    type: 'timeseries',
    title,
    ...looks(look),
    datasource: loki,
    targets: [target],
    ...lines(unit),
    w,
    h,
  };
}

/** The value of a log query over the time chosen, a row for each label set. `links` to other dashboards, by column. */
export function logTable(
  title: string,
  expr: string,
  links: Record<string, string> = {},
  look: PanelLook = {},
): UnplacedPanel {
  const { w = 12, h = 8 } = look;
  return {
    type: 'table',
    title,
    ...looks(look),
    datasource: loki,
    targets: [{ refId: 'A', expr, queryType: 'instant' }],
    fieldConfig: {
      defaults: {},
      overrides: Object.entries(links).map(([column, url]) => ({
        matcher: { id: 'byName', options: column },
        properties: [{ id: 'links', value: [{ title: `About this ${column}`, url }] }],
      })),
    },
    options: { sortBy: [{ displayName: 'Value #A', desc: true }], cellHeight: 'sm' },
    transformations: [
      { id: 'labelsToFields', options: { mode: 'columns' } },
      { id: 'merge', options: {} },
      { id: 'organize', options: { excludeByName: { Time: true } } },
    ],
    w,
    h,
  };
}

/** The lines themselves, newest first. */
export function logLines(title: string, expr: string, look: PanelLook = {}): UnplacedPanel {
  const { w = 24, h = 12 } = look;
  return {
    type: 'logs',
    title,
    ...looks(look),
    datasource: loki,
    targets: [{ refId: 'A', expr, queryType: 'range' }],
    options: { showTime: true, sortOrder: 'Descending', enableLogDetails: true, wrapLogMessage: false },
    w,
    h,
  };
}

/** One number out of the log, over the time chosen. */
export function logStat(title: string, expr: string, look: PanelLook = {}): UnplacedPanel {
  const { w = 4, h = 4, unit = 'short' } = look;
  return {
    type: 'stat',
    title,
    ...looks(look),
    datasource: loki,
    targets: [{ refId: 'A', expr, queryType: 'instant' }],
    ...number(unit),
    w,
    h,
  };
}

export function metricRate(title: string, expr: string, legend: string, look: PanelLook = {}): UnplacedPanel {
  const { w = 12, h = 8, unit = 'short' } = look;
  const target: Target = { refId: 'A', expr, legendFormat: legend };
  return {
    type: 'timeseries',
    title,
    ...looks(look),
    datasource: prometheus,
    targets: [target],
    ...lines(unit),
    w,
    h,
  };
}

export function metricStat(
  title: string,
  expr: string,
  look: PanelLook & { bad?: number } = {},
): UnplacedPanel {
  const { w = 4, h = 4, unit = 'short', bad } = look;
  return {
    type: 'stat',
    title,
    ...looks(look),
    datasource: prometheus,
    targets: [{ refId: 'A', expr, instant: true }],
    ...number(unit, bad),
    w,
    h,
  };
}

function lines(unit: string) {
  return {
    fieldConfig: {
      defaults: { unit, min: 0, custom: { fillOpacity: 10, showPoints: 'never', lineWidth: 1 } },
      overrides: [],
    },
    options: {
      legend: { displayMode: 'table', placement: 'right', calcs: ['mean', 'max'] },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  };
}

/** Red from `bad` on. Nothing at all is shown as 0: counters are not there before they first count. */
function number(unit: string, bad?: number) {
  const steps = [
    { color: bad === undefined ? 'text' : 'green', value: null },
    ...(bad === undefined ? [] : [{ color: 'red', value: bad }]),
  ];
  return {
    fieldConfig: {
      defaults: { unit, noValue: '0', thresholds: { mode: 'absolute', steps } },
      overrides: [],
    },
    options: { colorMode: 'value', graphMode: 'none', reduceOptions: { calcs: ['lastNotNull'] } },
  };
}
